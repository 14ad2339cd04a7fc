import { DeviceError } from "../base/errors";
import type { Compute } from "../engine/context";
import type { DeviceReport, OpenDevice } from "../kernels/device";
import { openDeviceHere } from "./gpu";
import type { Progress } from "./progress";

/** The device and the tensor engine, opened by the first stage that computes: splitting and exporting need neither. */
export class LazyCompute implements Compute {
  readonly #progress: Progress;
  #opening: Promise<OpenDevice> | null = null;
  #report: DeviceReport | null = null;
  #fail: (error: DeviceError) => void = () => {};
  /** Rejects when the device is lost; never resolves. */
  readonly lost = new Promise<never>((_, reject) => {
    this.#fail = reject;
  });

  constructor(progress: Progress) {
    this.#progress = progress;
    // A loss while nobody waits must not end the process by itself.
    this.lost.catch(() => {});
  }

  /** The adapter, null while nothing was computed. */
  get report(): DeviceReport | null {
    return this.#report;
  }

  async *fit(...request: Parameters<Compute["fit"]>): ReturnType<Compute["fit"]> {
    await this.#open();
    const training = await import("../train/fit");
    return yield* training.fit(...request);
  }

  async evaluate(...request: Parameters<Compute["evaluate"]>): ReturnType<Compute["evaluate"]> {
    await this.#open();
    const { evaluateNetwork } = await import("../train/evaluate");
    return evaluateNetwork(...request);
  }

  async close(): Promise<void> {
    if (this.#opening !== null) (await this.#opening).close();
    this.#opening = null;
  }

  async #open(): Promise<void> {
    this.#opening ??= openDeviceHere(this.#progress);
    const device = await this.#opening;
    this.#report = device.report;
    void device.lost.then((reason) => {
      const cure = "Run the same command again: it continues from the last checkpoint; a smaller batchSize needs less memory.";
      this.#fail(new DeviceError(`the graphics device was lost (${reason})`, cure));
    });
  }
}
