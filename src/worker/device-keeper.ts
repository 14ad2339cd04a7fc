import { toErrorValue } from "../base/errors";
import type { Compute } from "../engine/context";
import type { KernelsInUse } from "../engine/kernel-choice";
import type { MeasureSteps } from "../engine/probe";
import type { OpenDevice } from "../kernels/device";
import type { DeviceView } from "../protocol/views";
import { adviceFor, type BrowserFacts } from "./device-advice";

/** What the studio needs of an open device. */
export interface StudioDevice extends Pick<OpenDevice, "report" | "lost" | "close"> {
  readonly compute: Compute;
  /** Which kernels compute, once the first computation has tested them. */
  readonly kernels: Promise<KernelsInUse>;
  readonly measure: MeasureSteps;
}

export interface DeviceKeeperParts {
  readonly openDevice: () => Promise<StudioDevice>;
  readonly browser: BrowserFacts;
  readonly publish: (view: DeviceView) => void;
}

/** The one device: opened when first asked for, opened anew after it was lost. */
export class DeviceKeeper {
  readonly #parts: DeviceKeeperParts;
  #opening: Promise<StudioDevice> | null = null;

  constructor(parts: DeviceKeeperParts) {
    this.#parts = parts;
  }

  /** Computes on whichever device is open at the time: after a loss, the next computation is done on a new one. */
  readonly compute: Compute = {
    check: async (config) => (await this.device()).compute.check(config),
    fit: (options) => this.#fit(options),
    evaluate: async (...request) => (await this.device()).compute.evaluate(...request),
  };

  /** Says what there is; a missing device is told, not thrown. */
  async probe(): Promise<void> {
    await this.device().catch(() => undefined);
  }

  /** The open device; throws DeviceError with what to do in this browser. */
  device(): Promise<StudioDevice> {
    this.#opening ??= this.#open();
    return this.#opening;
  }

  async *#fit(options: Parameters<Compute["fit"]>[0]): ReturnType<Compute["fit"]> {
    return yield* (await this.device()).compute.fit(options);
  }

  async #open(): Promise<StudioDevice> {
    const { openDevice, browser, publish } = this.#parts;
    publish({ kind: "probing" });
    try {
      const device = await openDevice();
      publish({ ...device.report, kernels: { kind: "untested" } });
      void device.kernels.then((kernels) => publish({ ...device.report, kernels }));
      void device.lost.then(() => this.#reopen(device));
      return device;
    } catch (cause) {
      // The next request tries again: a driver may have come back.
      this.#opening = null;
      const error = adviceFor(cause, browser);
      publish({ kind: "missing", error: toErrorValue(error) });
      throw error;
    }
  }

  /** A device that only rejected a command is still there: it is closed before another is asked for. */
  async #reopen(lost: StudioDevice): Promise<void> {
    lost.close();
    this.#opening = null;
    await this.probe();
  }
}
