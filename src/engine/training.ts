import { type ErrorValue, toErrorValue } from "../base/errors";
import { splitTrainValidation } from "../data/split";
import type { RunRecord, TrainingStage } from "../model/run";
import type { ModelSpec } from "../model/spec";
import type { FitFact } from "../train/facts";
import type { TrainState } from "../train/state";
import { checkpointName, decodeCheckpoint, encodeCheckpoint } from "./checkpoint";
import type { EngineContext, StageOutcome } from "./context";
import { MetricJournal } from "./journal";
import { putRecord } from "./runs";

/** What a stage trains. */
export interface StageJob {
  readonly stage: TrainingStage;
  readonly spec: ModelSpec;
  readonly classOrder: readonly number[];
  /** State before the first step, asked for only where there is no checkpoint. */
  readonly fresh: () => Promise<TrainState>;
}

/**
 * Trains a stage from its last checkpoint, or from the beginning, to its end or to a stop. Metrics after the checkpoint are void, so
 * that the curves are those of a run that never stopped. A failure is stored in the record; the last good checkpoint stays.
 */
export async function trainStage(context: EngineContext, run: RunRecord, job: StageJob): Promise<StageOutcome> {
  const start = (await lastCheckpoint(context, run, job)) ?? (await job.fresh());
  await context.runs.rewindMetrics(run.id, job.stage, start.step);
  context.observer({ kind: "rewound", runId: run.id, stage: job.stage, step: start.step });
  const record = await putRecord(context, { ...run, checkpointStep: start.step, evaluated: false, failure: null });
  const stage = new StageInProgress(context, record, job);
  try {
    return await stage.train(start);
  } catch (error) {
    await stage.fail(toErrorValue(error));
    throw error;
  }
}

/** The stage's last checkpoint, null if it has none. */
export async function lastCheckpoint(
  context: Pick<EngineContext, "runs">,
  run: RunRecord,
  { stage, spec }: Pick<StageJob, "stage" | "spec">,
): Promise<TrainState | null> {
  const bytes = await context.runs.readFile(run.id, checkpointName(stage));
  return bytes === null ? null : decodeCheckpoint(bytes, { stage, spec, config: run.config, datasetId: run.datasetId });
}

class StageInProgress {
  readonly #context: EngineContext;
  readonly #job: StageJob;
  readonly #journal: MetricJournal;
  #record: RunRecord;
  #step = 0;

  constructor(context: EngineContext, record: RunRecord, job: StageJob) {
    this.#context = context;
    this.#job = job;
    this.#record = record;
    this.#journal = new MetricJournal(context.runs, record.id, context.now);
  }

  async train(start: TrainState): Promise<StageOutcome> {
    const { control, breathe } = this.#context;
    this.#reportProgress(start.step, null);
    // Leaving the loop by `return` or `throw` also ends the generator, which releases the device's memory.
    for await (const fact of this.#facts(start)) {
      await this.#take(fact);
      if (fact.kind === "checkpoint" && control.stopping && fact.state.step < this.#steps) return "stopped";
      await breathe();
      if (control.holding) await this.#hold();
    }
    return "finished";
  }

  /** Stores what is known and why it ended. Storage may be what failed: that error is not allowed to hide the first. */
  async fail(failure: ErrorValue): Promise<void> {
    try {
      await this.#journal.flush();
      await putRecord(this.#context, { ...this.#record, failure });
    } catch {
      this.#context.observer({ kind: "recorded", record: { ...this.#record, failure } });
    }
  }

  get #steps(): number {
    return this.#record.config[this.#job.stage].steps;
  }

  #facts(start: TrainState): AsyncGenerator<FitFact, TrainState, void> {
    const { dataset, summary, compute, control, now } = this.#context;
    const { stage, spec, classOrder } = this.#job;
    const split = splitTrainValidation(dataset.train.count, summary.splitSeed);
    const checkpointRequested = (): boolean => control.checkpointWanted;
    return compute.fit({ stage, spec, classOrder, dataset, split, start, checkpointRequested, now, config: this.#record.config });
  }

  async #take(fact: FitFact): Promise<void> {
    const { observer } = this.#context;
    const runId = this.#record.id;
    switch (fact.kind) {
      case "steps": {
        const last = fact.metrics.at(-1);
        observer({ kind: "metrics", runId, metrics: fact.metrics });
        if (last !== undefined) this.#reportProgress(last.step + 1, fact.imagesPerSecond);
        return this.#journal.add(fact.metrics);
      }
      case "validated":
        observer({ kind: "metrics", runId, metrics: [fact.metric] });
        return this.#journal.add([fact.metric]);
      case "assignments":
        return observer({ kind: "assignments", runId, step: fact.step, assignments: fact.assignments });
      case "checkpoint":
        return this.#writeCheckpoint(fact.state);
      default:
        return fact satisfies never;
    }
  }

  /** Metrics first, then the state, then the record that tells of it: whatever is cut short, a resume finds enough to rewind. */
  async #writeCheckpoint(state: TrainState): Promise<void> {
    const { runs, observer, control } = this.#context;
    const { stage, spec } = this.#job;
    const { id, config, datasetId } = this.#record;
    await this.#journal.flush();
    await runs.writeFile(id, checkpointName(stage), encodeCheckpoint(state, { stage, spec, config, datasetId }));
    control.checkpointWritten();
    this.#record = await putRecord(this.#context, { ...this.#record, checkpointStep: state.step });
    observer({ kind: "checkpointed", runId: id, stage, step: state.step });
  }

  async #hold(): Promise<void> {
    const { control, observer } = this.#context;
    await this.#journal.flush();
    observer({ kind: "paused", runId: this.#record.id, stage: this.#job.stage, step: this.#step, steps: this.#steps });
    await control.released();
    this.#reportProgress(this.#step, null);
  }

  #reportProgress(step: number, imagesPerSecond: number | null): void {
    this.#step = step;
    const { stage } = this.#job;
    const steps = this.#steps;
    const imagesLeft = (steps - step) * this.#record.config[stage].batchSize;
    this.#context.observer({ kind: "progress", runId: this.#record.id, stage, step, steps, imagesPerSecond, imagesLeft });
  }
}
