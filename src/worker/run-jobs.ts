import { toErrorValue } from "../base/errors";
import type { PartHost } from "../engine/branch-timing";
import type { EngineContext, EngineFact } from "../engine/context";
import { RunControl } from "../engine/control";
import { unlessStopped } from "../engine/stages";
import type { Command } from "../protocol/commands";
import type { EngineEvent } from "../protocol/events";
import type { ActivityReporter } from "./activity-reporter";
import type { ActivitySlot } from "./activity-slot";
import { branchTimingView } from "./branch-timing-view";
import type { DeviceKeeper } from "./device-keeper";
import { exportedBundle, type Verify, verifyingWith } from "./exported-bundle";
import type { SharedShelves } from "./shared-shelves";
import { type DecodeImage, type TryImage, triedImage } from "./tried-image";

export interface RunJobParts {
  readonly slot: ActivitySlot;
  readonly reporter: ActivityReporter;
  readonly shelves: SharedShelves;
  readonly devices: DeviceKeeper;
  readonly publish: (event: EngineEvent) => void;
  readonly contextFor: (control: RunControl) => Promise<EngineContext>;
  /** Pixels of an image file as RGBA, 32 x 32 of its centre square; rejects what is no image. */
  readonly decodeImage: DecodeImage;
  /** A worker with a device of its own for one part of a network. */
  readonly openBranch: () => PartHost;
  readonly verify: Verify;
}

/** What is done with the networks of a run once it has some, and changes nothing that is stored. */
export class RunJobs {
  readonly #parts: RunJobParts;

  constructor(parts: RunJobParts) {
    this.#parts = parts;
  }

  async export({ runId, variants = [], classes = null, verify = false }: Extract<Command, { kind: "export" }>): Promise<void> {
    const control = new RunControl();
    await this.#parts.slot.during({ kind: "exporting", runId, control }, async () => {
      const report = (): void => this.#parts.reporter.report({ kind: "exporting", runId, filesDone: 0, filesTotal: null });
      report();
      await (await this.#parts.shelves.open()).desk.show(runId);
      const context = await this.#parts.contextFor(control);
      const observer = (fact: EngineFact): void => {
        this.#parts.slot.measuring = fact.kind === "evaluating";
        context.observer(fact);
        if (fact.kind === "troubled" && fact.trouble.kind === "retaken") report();
      };
      const onProgress = (done: number, total: number): void => {
        this.#parts.slot.measuring = true;
        this.#parts.reporter.report({ kind: "verifying", runId, done, total });
      };
      const verifying = verify ? verifyingWith(this.#parts.verify, { onProgress, signal: control.signal }) : undefined;
      const bundle = await exportedBundle({ ...context, observer }, runId, { variants, classes }, verifying);
      if (bundle === null) return;
      const { verification, ...exported } = bundle;
      this.#parts.publish({ kind: "exported", runId, ...exported });
      if (verification !== null) this.#parts.publish({ kind: "exportVerified", runId, verification });
    });
  }

  async try({ runId, image }: TryImage): Promise<void> {
    const control = new RunControl();
    await this.#parts.slot.during({ kind: "trying", runId, control }, async () => {
      this.#parts.reporter.report({ kind: "trying", runId });
      try {
        const context = await this.#parts.contextFor(control);
        const tried = await unlessStopped(context, () => triedImage(context, runId, image, this.#parts.decodeImage));
        if (tried !== null) this.#parts.publish({ kind: "imageTried", tried });
      } catch (error) {
        this.#parts.publish({ kind: "imageNotTried", runId, error: toErrorValue(error) });
        throw error;
      }
    });
  }

  async timeBranches(runId: string): Promise<void> {
    const control = new RunControl();
    await this.#parts.slot.during({ kind: "timing", runId, control }, async () => {
      const onProgress = (done: number, total: number): void =>
        this.#parts.reporter.report({ kind: "timing", runId, done, total });
      onProgress(0, 0);
      const context = await this.#parts.contextFor(control);
      const device = await this.#parts.devices.device();
      const options = { openHost: this.#parts.openBranch, onProgress };
      const timing = await unlessStopped(context, () => branchTimingView(context, device, runId, options));
      if (timing !== null) this.#parts.publish({ kind: "branchesTimed", timing });
    });
  }

  /** Beside whatever else is done: it needs neither the device nor what is stored. */
  async verify(runId: string, file: Blob): Promise<void> {
    const onProgress = (done: number, total: number): void =>
      this.#parts.publish({ kind: "exportVerifying", runId, done, total });
    onProgress(0, 0);
    try {
      const verification = await this.#parts.verify(file, { onProgress });
      this.#parts.publish({ kind: "exportVerified", runId, verification });
    } catch (error) {
      this.#parts.publish({ kind: "exportUnverified", runId });
      throw error;
    }
  }
}
