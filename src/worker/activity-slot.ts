import { RequestError } from "../base/errors";
import type { RunControl } from "../engine/control";

/** The one long activity under way. */
export type Doing =
  | { readonly kind: "nothing" }
  | { readonly kind: "loading" | "measuring"; readonly abort: AbortController }
  /** The id is null until the run is created; `queued`: it is the queue's turn, run after run. */
  | { readonly kind: "training"; readonly runId: string | null; readonly control: RunControl; readonly queued: boolean }
  | { readonly kind: "evaluating"; readonly runId: string; readonly control: RunControl }
  | { readonly kind: "timing"; readonly runId: string; readonly control: RunControl }
  | { readonly kind: "trying"; readonly runId: string; readonly control: RunControl }
  | { readonly kind: "exporting"; readonly runId: string; readonly control: RunControl };

const NAMES: Readonly<Record<Doing["kind"], string>> = {
  nothing: "doing nothing",
  loading: "reading data",
  measuring: "measuring",
  training: "training",
  evaluating: "evaluating",
  timing: "timing branches",
  trying: "trying an image",
  exporting: "exporting",
};

/** Room for one long activity: a second one is refused, never queued. */
export class ActivitySlot {
  readonly #onFinished: () => void;
  #doing: Doing = { kind: "nothing" };
  /** Whether what is under way takes steps of a finished stage again: it can be paused and stopped meanwhile as training can. */
  retaking = false;
  /** Whether the export under way is classifying images, here or in other programs: it can be stopped meanwhile as an evaluation can. */
  measuring = false;

  constructor(onFinished: () => void) {
    this.#onFinished = onFinished;
  }

  /** Throws RequestError while another activity is under way. */
  async during(doing: Doing, work: () => Promise<void>): Promise<void> {
    this.requireNothing();
    this.#doing = doing;
    try {
      await work();
    } finally {
      this.#doing = { kind: "nothing" };
      this.retaking = false;
      this.measuring = false;
      this.#onFinished();
    }
  }

  requireNothing(): void {
    if (this.#doing.kind === "nothing") return;
    if (this.#doing.kind === "training" && this.#doing.queued) {
      throw new RequestError("the engine is busy with the queue of runs", "Wait until the queue is done, or pause it first.");
    }
    throw new RequestError(`the engine is busy ${NAMES[this.#doing.kind]}`, "Wait until it is done, or stop it first.");
  }

  /** Says which run the training under way has created. */
  trainingIs(runId: string): void {
    if (this.#doing.kind === "training") this.#doing = { ...this.#doing, runId };
  }

  uses(runId: string): boolean {
    return "runId" in this.#doing && this.#doing.runId === runId;
  }

  /** Control of the training under way; throws RequestError if there is none. `wish` completes "no run is training that could be ...". */
  training(wish: string): RunControl {
    const doing = this.#doing;
    if (doing.kind === "training" || (this.retaking && "control" in doing)) return doing.control;
    throw new RequestError(`no run is training that could be ${wish}`, "Start one with Group, or resume one.");
  }

  /** Pauses the training under way; that of the queue, which is resumed another day, at a checkpoint. Throws RequestError if there is none. */
  pause(): void {
    const control = this.training("paused");
    control.pause();
    if (this.#doing.kind === "training" && this.#doing.queued) control.requestCheckpoint();
  }

  /** Whether the training under way is to end with its epoch; throws RequestError if there is none. */
  stopAfterEpoch(wanted: boolean): void {
    if (this.#doing.kind !== "training") {
      throw new RequestError("no run is training that could stop after its epoch", "Start one with Group, or resume one.");
    }
    this.#doing.control.stopAfterEpoch(wanted);
  }

  /** Control of the run if it is paused in memory, else null. */
  paused(runId: string): RunControl | null {
    const doing = this.#doing;
    return "control" in doing && doing.runId === runId && doing.control.paused ? doing.control : null;
  }

  stop(): void {
    const doing = this.#doing;
    switch (doing.kind) {
      case "loading":
      case "measuring":
        doing.abort.abort();
        return;
      case "training":
      case "evaluating":
      case "timing":
        doing.control.stop();
        return;
      case "trying":
      case "exporting":
        if (!this.retaking && !this.measuring) throw nothingToStop();
        doing.control.stop();
        return;
      case "nothing":
        throw nothingToStop();
      default:
        doing satisfies never;
    }
  }
}

function nothingToStop(): RequestError {
  return new RequestError("there is nothing to stop", "Stop is for training, evaluating and reading data.");
}
