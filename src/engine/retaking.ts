import { CheckpointError } from "../base/errors";
import type { Metric, RunRecord, RunTrouble } from "../model/run";
import type { FitFact } from "../train/facts";
import type { TrainState } from "../train/state";
import { bestOf } from "./best-validation";
import { checkpointName, encodeCheckpoint } from "./checkpoint";
import type { EngineContext } from "./context";
import { despiteLosses } from "./device-losses";
import { RetakenSteps } from "./retaken";
import { type StageTraining, stageFacts, stageProgress } from "./stage-facts";
import { storedCheckpoint } from "./stored-checkpoint";

/**
 * The state at the end of a finished stage. Where its last checkpoint is damaged, the steps since the one before it are taken again and the
 * checkpoint is stored again; the curves have these steps already. Throws CheckpointError where no checkpoint is left, and the reason of the
 * control's signal at a stop, which stores nothing.
 */
export async function finishedState(context: EngineContext, run: RunRecord, training: StageTraining): Promise<TrainState> {
  const { stage } = training;
  const saved = await storedCheckpoint(context, run, training);
  if (saved === null) {
    throw new CheckpointError(
      `the checkpoints of stage ${stage === "group" ? 1 : 2} of run ${run.id} are damaged or gone`,
      "Start a new run with Group.",
    );
  }
  if (saved.state.step === run.config[stage].steps) return saved.state;
  return context.alone(run.id, () => new Retaking(context, run, training, saved.state).take());
}

class Retaking {
  readonly #context: EngineContext;
  readonly #run: RunRecord;
  readonly #training: StageTraining;
  /** What a lost device is replaced from. */
  #good: TrainState;
  #step: number;
  readonly #retaken: RetakenSteps;

  constructor(context: EngineContext, run: RunRecord, training: StageTraining, left: TrainState) {
    this.#context = context;
    this.#run = run;
    this.#training = training;
    this.#good = left;
    this.#step = left.step;
    this.#retaken = new RetakenSteps(training.stage);
  }

  async take(): Promise<TrainState> {
    const { runs, observer, breathe } = this.#context;
    const { id, config } = this.#run;
    const { stage } = this.#training;
    this.#trouble({ kind: "retaking", stage, step: this.#good.step, steps: config[stage].steps });
    const metrics = await runs.readMetrics(id);
    this.#retaken.expect(metrics);
    await despiteLosses(
      breathe,
      () => this.#takeSteps(),
      ({ message }) => this.#trouble({ kind: "deviceLost", reason: message, stage, step: this.#good.step }),
    );
    const best = bestOf(metrics, stage);
    const bytes = encodeCheckpoint({ state: this.#good, best }, { ...this.#training, run: this.#run });
    await runs.writeFile(id, checkpointName(stage), bytes);
    observer({ kind: "checkpointed", runId: id, stage, step: this.#good.step });
    this.#trouble({ kind: "retaken", stage });
    return this.#good;
  }

  async #takeSteps(): Promise<void> {
    const { control, breathe } = this.#context;
    this.#report(this.#good.step, null);
    for await (const fact of stageFacts(this.#context, this.#run, this.#training, this.#good, () => control.checkpointWanted)) {
      control.signal.throwIfAborted();
      this.#look(fact);
      await breathe();
      if (control.holding) await this.#hold();
    }
  }

  #look(fact: FitFact): void {
    const { control, observer } = this.#context;
    switch (fact.kind) {
      case "steps":
        this.#compare(fact.metrics);
        this.#report(fact.metrics.at(-1)!.step + 1, fact.imagesPerSecond);
        break;
      case "assignments":
        observer({ ...fact, runId: this.#run.id });
        break;
      case "checkpoint":
        this.#good = fact.state;
        control.checkpointWritten();
        break;
      case "validated":
        break;
      default:
        fact satisfies never;
    }
  }

  async #hold(): Promise<void> {
    const { control, observer } = this.#context;
    const { id, config } = this.#run;
    const { stage } = this.#training;
    observer({ kind: "paused", runId: id, stage, step: this.#step, steps: config[stage].steps });
    await control.released();
    this.#report(this.#step, null);
  }

  #report(step: number, imagesPerSecond: number | null): void {
    this.#step = step;
    this.#context.observer(stageProgress(this.#run, this.#training, step, imagesPerSecond));
  }

  #compare(metrics: readonly Metric[]): void {
    const step = this.#retaken.differing(metrics);
    if (step !== null) this.#trouble({ kind: "retakenDiffers", stage: this.#training.stage, step });
  }

  #trouble(trouble: RunTrouble): void {
    this.#context.observer({ kind: "troubled", runId: this.#run.id, trouble, refused: null });
  }
}
