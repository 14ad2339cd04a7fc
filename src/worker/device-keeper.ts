import { toErrorValue } from "../base/errors";
import type { Compute } from "../engine/context";
import type { KernelsInUse } from "../engine/kernel-choice";
import type { MeasureSteps } from "../engine/probe";
import type { AdapterFacts, OpenDevice } from "../kernels/device";
import type { HeldMemory } from "../kernels/device-memory";
import type { DeviceHealth } from "../protocol/health";
import type { DeviceView, KernelsView } from "../protocol/views";
import { adviceFor, type BrowserFacts, obstacleOf } from "./device-advice";

/** What the studio needs of an open device. */
export interface StudioDevice extends Pick<OpenDevice, "report" | "lost" | "close"> {
  readonly compute: Compute;
  /** Which kernels compute, once the first computation has tested them. */
  readonly kernels: Promise<KernelsInUse>;
  readonly measure: MeasureSteps;
  readonly adapter: AdapterFacts;
  /** What our own kernels hold of the device at this moment. */
  readonly memory: () => HeldMemory;
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
  /** Whether none was found when last looked for. */
  #missing = false;
  /** The open device, and what its kernels are known to be. */
  #known: { readonly device: StudioDevice; readonly kernels: KernelsView } | null = null;

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

  /** What can be told of the open device, null while there is none; opens none. */
  health(): DeviceHealth | null {
    if (this.#known === null) return null;
    const { device, kernels } = this.#known;
    const { kind, features } = device.report;
    return { software: kind === "software", ...device.adapter, features, kernels, ...device.memory() };
  }

  async *#fit(options: Parameters<Compute["fit"]>[0]): ReturnType<Compute["fit"]> {
    return yield* (await this.device()).compute.fit(options);
  }

  async #open(): Promise<StudioDevice> {
    const { openDevice, browser, publish } = this.#parts;
    // Who is told that it is missing keeps reading how to change that while it is looked for again.
    if (!this.#missing) publish({ kind: "probing" });
    try {
      const device = await openDevice();
      this.#missing = false;
      const tell = (kernels: KernelsView): void => {
        this.#known = { device, kernels };
        publish({ ...device.report, kernels });
      };
      tell({ kind: "untested" });
      void device.kernels.then(tell);
      void device.lost.then(() => this.#reopen(device));
      return device;
    } catch (cause) {
      // The next request tries again: a driver may have come back.
      this.#opening = null;
      this.#missing = true;
      const error = adviceFor(cause, browser);
      publish({ kind: "missing", error: toErrorValue(error), obstacle: obstacleOf(cause, browser) });
      throw error;
    }
  }

  /** A device that only rejected a command is still there: it is closed before another is asked for. */
  async #reopen(lost: StudioDevice): Promise<void> {
    lost.close();
    this.#opening = null;
    this.#known = null;
    await this.probe();
  }
}
