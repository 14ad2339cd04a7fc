import { DeviceLostError, type ErrorValue, StorageError, toErrorValue } from "../base/errors";
import { endsEpoch } from "../data/batches";
import { validationCountOf } from "../data/split";
import type { Metric, RunRecord, RunTrouble } from "../model/run";
import type { FitFact } from "../train/facts";
import type { TrainState } from "../train/state";
import { AssignmentHistory, type AssignmentSnapshot, encodeHistory, HISTORY_FILE } from "./assignment-history";
import { type BestValidation, bestOf, better } from "./best-validation";
import { bestCheckpointName, checkpointName, encodeCheckpoint } from "./checkpoint";
import type { EngineContext, RefusedFile, StageOutcome } from "./context";
import { DeviceLosses } from "./device-losses";
import { MetricJournal } from "./journal";
import { RetakenSteps, withResume } from "./retaken";
import { putRecord } from "./runs";
import { type StageTraining, stageFacts, stageProgress } from "./stage-facts";
import { checkpointToResume } from "./stored-checkpoint";
import { storedHistory } from "./stored-history";

/** A checkpoint at least so often, whatever the steps between two of them take. */
const CHECKPOINT_EVERY_MS = 5 * 60_000;

/** What a stage trains, and where it begins. */
export interface StageJob extends StageTraining {
  /** State before the first step, asked for only where there is no checkpoint. */
  readonly fresh: () => Promise<TrainState>;
}

/**
 * Trains a stage from its last checkpoint, or from the beginning, to its end or to a stop. Metrics after the checkpoint are void, so
 * that the curves are those of a run that never stopped. A lost device is replaced and the steps since the last checkpoint are taken again;
 * storage that refuses does not stop training. Any other failure is stored in the record; the last good checkpoint stays.
 */
export async function trainStage(context: EngineContext, run: RunRecord, job: StageJob): Promise<StageOutcome> {
  const saved = await checkpointToResume(context, run, job);
  const start = saved?.state ?? (await job.fresh());
  const superseded = await context.runs.rewindMetrics(run.id, job.stage, start.step);
  context.observer({ kind: "rewound", runId: run.id, stage: job.stage, step: start.step });
  if (saved?.previous === true) {
    const trouble = { kind: "previousCopy", stage: job.stage, step: start.step } as const;
    context.observer({ kind: "troubled", runId: run.id, trouble, refused: null });
  }
  const isResumed = saved !== null || superseded.length > 0;
  const resumes = isResumed
    ? withResume(run, { stage: job.stage, step: start.step, time: context.now() }, superseded)
    : run.resumes;
  const record = await putRecord(context, { ...run, checkpointStep: start.step, evaluated: false, failure: null, resumes });
  const best = saved?.best ?? bestOf(await context.runs.readMetrics(run.id), job.stage);
  const history = job.stage === "group" ? await storedHistory(context, run) : [];
  const stage = new StageInProgress(context, record, job, { start, best, superseded, history });
  try {
    return await stage.train();
  } catch (error) {
    await stage.fail(toErrorValue(error));
    throw error;
  }
}

/** The same promise; that nobody waits for it yet is no fault: who does next sees it fail. */
function inBackground<Value>(work: Promise<Value>): Promise<Value> {
  work.catch(() => undefined);
  return work;
}

/** What a stage begins or goes on with: its state, its best validation and assignments so far, and what it will take again. */
interface Resumed {
  readonly start: TrainState;
  readonly history: readonly AssignmentSnapshot[];
  readonly best: BestValidation | null;
  readonly superseded: readonly Metric[];
}

class StageInProgress {
  readonly #context: EngineContext;
  readonly #job: StageJob;
  readonly #journal: MetricJournal;
  readonly #retaken: RetakenSteps;
  /** Empty in stage 2, which has no assignments. */
  readonly #history: AssignmentHistory;
  #record: RunRecord;
  #step = 0;
  /** Best validation so far, and whether the checkpoint to come is of that step. */
  #best: BestValidation | null;
  #isBest = false;
  /** Best validation up to the last checkpoint. */
  #goodBest: BestValidation | null;
  #checkpointAt: number;
  /** The last checkpoint taken, stored or not: what a lost device is replaced from. */
  #good: TrainState;
  #saving: Promise<void> = Promise.resolve();
  /** The checkpoint of the best validation, until storage has taken it. */
  #unsavedBest: Uint8Array | null = null;
  /** Why the last write failed, null when all is stored. */
  #unsaved: StorageError | null = null;

  constructor(context: EngineContext, record: RunRecord, job: StageJob, { start, best, superseded, history }: Resumed) {
    this.#context = context;
    this.#job = job;
    this.#record = record;
    this.#good = start;
    this.#best = best;
    this.#goodBest = best;
    this.#journal = new MetricJournal(context.runs, record.id, context.now);
    this.#checkpointAt = context.now();
    this.#retaken = new RetakenSteps(job.stage);
    this.#retaken.expect(superseded);
    this.#history = new AssignmentHistory(history);
    this.#history.rewind(start.step);
  }

  async train(): Promise<StageOutcome> {
    const losses = new DeviceLosses();
    for (;;) {
      const from = this.#good;
      try {
        const outcome = await this.#trainFrom(from);
        await this.#settle(outcome);
        return outcome;
      } catch (error) {
        if (!(error instanceof DeviceLostError)) throw error;
        const { step } = this.#good;
        losses.count(error, step > from.step);
        await this.#rewind(step);
        const { stage } = this.#job;
        this.#trouble({ kind: "deviceLost", reason: error.message, stage, step });
        // The device is opened anew by whoever asks for it next; let its owner hear of the loss first.
        await this.#context.breathe();
      }
    }
  }

  /** Stores what is known and why it ended. Storage may be what failed: that error is not allowed to hide the first. */
  async fail(failure: ErrorValue): Promise<void> {
    try {
      await this.#saving;
      await this.#journal.flush();
      await putRecord(this.#context, { ...this.#record, failure });
    } catch {
      this.#context.observer({ kind: "recorded", record: { ...this.#record, failure } });
    }
  }

  get #steps(): number {
    return this.#record.config[this.#job.stage].steps;
  }

  async #trainFrom(start: TrainState): Promise<StageOutcome> {
    const { control, breathe } = this.#context;
    this.#reportProgress(start.step, null);
    // Leaving the loop by `return` or `throw` also ends the generator, which releases the device's memory.
    for await (const fact of this.#facts(start)) {
      await this.#take(fact);
      if (fact.kind === "checkpoint" && fact.state.step < this.#steps && this.#stopsAt(fact.state.step)) return "stopped";
      await breathe();
      if (control.holding) await this.#hold();
    }
    return "finished";
  }

  #facts(start: TrainState): AsyncGenerator<FitFact, TrainState, void> {
    const { control, now } = this.#context;
    const checkpointRequested = (done: number): boolean =>
      control.checkpointWanted || this.#isBest || this.#stopsAt(done) || now() - this.#checkpointAt >= CHECKPOINT_EVERY_MS;
    return stageFacts(this.#context, this.#record, this.#job, start, checkpointRequested);
  }

  /** Whether the stage ends after so many steps, because somebody asked it to. */
  #stopsAt(done: number): boolean {
    const { control, dataset } = this.#context;
    if (!control.stopsAfterEpoch) return control.stopping;
    const { count } = dataset.train;
    return (
      control.stopping || endsEpoch(done - 1, this.#record.config[this.#job.stage].batchSize, count - validationCountOf(count))
    );
  }

  async #take(fact: FitFact): Promise<void> {
    const { observer } = this.#context;
    const runId = this.#record.id;
    switch (fact.kind) {
      case "steps": {
        const last = fact.metrics.at(-1);
        observer({ kind: "metrics", runId, metrics: fact.metrics });
        if (last !== undefined) this.#reportProgress(last.step + 1, fact.imagesPerSecond);
        this.#compare(fact.metrics);
        this.#journal.add(fact.metrics);
        // Not waited for: the device goes on meanwhile.
        if (this.#journal.due) void inBackground(this.#stored(null, () => this.#journal.flush()));
        return;
      }
      case "validated":
        observer({ kind: "metrics", runId, metrics: [fact.metric] });
        this.#journal.add([fact.metric]);
        this.#best = better(this.#best, fact.metric);
        this.#isBest ||= this.#best?.step === fact.metric.step;
        return;
      case "assignments":
        if (fact.kept) this.#history.add(fact);
        return observer({ ...fact, runId });
      case "checkpoint":
        return this.#checkpoint(fact.state);
      default:
        return fact satisfies never;
    }
  }

  /** Storing goes on beside the steps that follow; only the next checkpoint, or the end, waits for it. */
  async #checkpoint(state: TrainState): Promise<void> {
    const { control, now } = this.#context;
    const isBest = this.#isBest;
    this.#isBest = false;
    this.#good = state;
    this.#goodBest = this.#best;
    this.#checkpointAt = now();
    control.checkpointWritten();
    await this.#saving;
    this.#saving = inBackground(this.#save(state, isBest));
    if (control.stopping || control.paused) await this.#saving;
  }

  /** Metrics first, then the state, then the record that tells of it: whatever is cut short, a resume finds enough to rewind. */
  async #save(state: TrainState, isBest: boolean): Promise<void> {
    const { runs, observer } = this.#context;
    const { stage } = this.#job;
    const { id } = this.#record;
    const bytes = encodeCheckpoint({ state, best: this.#goodBest }, { ...this.#job, run: this.#record });
    const { snapshots } = this.#history;
    const history = snapshots.length === 0 ? null : encodeHistory(snapshots);
    const refused = { fileName: `${id}-${stage}-step-${state.step}.safetensors`, bytes };
    if (isBest) this.#unsavedBest = bytes;
    const saved = await this.#stored(refused, async () => {
      await this.#journal.flush();
      if (history !== null) await runs.writeFile(id, HISTORY_FILE, history);
      // The best one first: a resume from the last one takes its validation as seen, and would not write it again.
      if (this.#unsavedBest !== null) await runs.writeFile(id, bestCheckpointName(stage), this.#unsavedBest);
      this.#unsavedBest = null;
      await runs.writeFile(id, checkpointName(stage), bytes);
      this.#record = await putRecord(this.#context, { ...this.#record, checkpointStep: state.step });
    });
    if (!saved) return;
    observer({ kind: "checkpointed", runId: id, stage, step: state.step });
    if (this.#unsaved !== null) this.#trouble({ kind: "savedAgain" });
    this.#unsaved = null;
  }

  /** Whether storage did the work; its refusal is told, with the checkpoint that it refused, and does not stop training. */
  async #stored(refused: RefusedFile | null, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      const known = this.#unsaved !== null;
      this.#unsaved = error;
      if (known && refused === null) return false;
      this.#trouble({ kind: "unsaved", error: toErrorValue(error) }, refused);
      return false;
    }
  }

  /** What a stage leaves must be stored: the next one reads it. Where somebody can make room, the stage waits for that. */
  async #settle(outcome: StageOutcome): Promise<void> {
    const { control, attended } = this.#context;
    await this.#saving;
    while (this.#unsaved !== null) {
      if (outcome === "stopped" || control.stopping || !attended) throw this.#unsaved;
      control.pause();
      await this.#hold();
      await this.#save(this.#good, false);
    }
  }

  async #rewind(step: number): Promise<void> {
    const { observer, now } = this.#context;
    this.#best = this.#goodBest;
    this.#isBest = false;
    await this.#saving;
    this.#history.rewind(step);
    const { stage } = this.#job;
    await this.#stored(null, async () => {
      const superseded = await this.#journal.rewind(stage, step);
      this.#retaken.expect(superseded);
      const resumes = withResume(this.#record, { stage, step, time: now() }, superseded);
      this.#record = await putRecord(this.#context, { ...this.#record, resumes });
    });
    observer({ kind: "rewound", runId: this.#record.id, stage, step });
  }

  /** Tells where steps taken again do not come out as the first time. */
  #compare(metrics: readonly Metric[]): void {
    const step = this.#retaken.differing(metrics);
    if (step !== null) this.#trouble({ kind: "retakenDiffers", stage: this.#job.stage, step });
  }

  async #hold(): Promise<void> {
    const { control, observer } = this.#context;
    await this.#stored(null, () => this.#journal.flush());
    observer({ kind: "paused", runId: this.#record.id, stage: this.#job.stage, step: this.#step, steps: this.#steps });
    await control.released();
    this.#reportProgress(this.#step, null);
  }

  #trouble(trouble: RunTrouble, refused: RefusedFile | null = null): void {
    this.#context.observer({ kind: "troubled", runId: this.#record.id, trouble, refused });
  }

  #reportProgress(step: number, imagesPerSecond: number | null): void {
    this.#step = step;
    this.#context.observer(stageProgress(this.#record, this.#job, step, imagesPerSecond));
  }
}
