import type { Compute } from "../engine/context";
import type { KernelsInUse } from "../engine/kernel-choice";
import type { DeviceReport, OpenDevice } from "../kernels/device";
import type { Config } from "../model/config";
import { openDeviceHere } from "./gpu";
import type { Progress } from "./progress";
import { tuningFolder } from "./tuning-folder";

/** The device and the tensor engine, opened by the first stage that computes, and anew by the next computation
 * after a loss: splitting needs neither. */
export class LazyCompute implements Compute {
  readonly #progress: Progress;
  #opening: Promise<Opened> | null = null;
  #report: DeviceReport | null = null;

  constructor(progress: Progress) {
    this.#progress = progress;
  }

  /** The adapter, null while nothing was computed. */
  get report(): DeviceReport | null {
    return this.#report;
  }

  async check(config: Config): Promise<void> {
    // Every device has full precision: none needs to be opened to know that.
    if (config.precision === "f32") return;
    const { compute } = await this.#open();
    await compute.check(config);
  }

  async *fit(...request: Parameters<Compute["fit"]>): ReturnType<Compute["fit"]> {
    const { compute } = await this.#open();
    return yield* compute.fit(...request);
  }

  async evaluate(...request: Parameters<Compute["evaluate"]>): ReturnType<Compute["evaluate"]> {
    const { compute } = await this.#open();
    return compute.evaluate(...request);
  }

  async close(): Promise<void> {
    if (this.#opening !== null) (await this.#opening).device.close();
    this.#opening = null;
  }

  async #open(): Promise<Opened> {
    this.#opening ??= this.#openOnce();
    const opened = await this.#opening;
    this.#report = opened.device.report;
    return opened;
  }

  async #openOnce(): Promise<Opened> {
    const device = await openDeviceHere(this.#progress);
    void device.lost.then(() => {
      device.close();
      this.#opening = null;
    });
    const { deviceCompute } = await import("../engine/device-compute");
    const compute = deviceCompute(device, tuningFolder());
    void compute.kernels.then((kernels) => this.#tell(kernels));
    return { device, compute };
  }

  /** Our own kernels are nothing to speak of. */
  #tell(kernels: KernelsInUse): void {
    if (kernels.kind === "own") return;
    this.#progress.note(`warning: our kernels compute wrongly on this adapter (${kernels.reason})`);
    this.#progress.note("warning: the stock kernels are used instead: results are right, but training is several times slower");
  }
}

interface Opened {
  readonly device: OpenDevice;
  readonly compute: Compute;
}
