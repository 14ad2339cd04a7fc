import type { Dataset, TrainValidationSplit } from "../data/dataset";
import type { Config } from "../model/config";
import type { StepMetric, TrainingStage, ValidationMetric } from "../model/run";
import type { ModelSpec } from "../model/spec";
import { blockMasses } from "../splitnet/block-mass";
import { rankedAccuracy } from "../splitnet/ranking";
import { startFromConfusion } from "./confusion-start";
import { DivergenceWatch } from "./divergence";
import type { FitFact } from "./facts";
import { type Recipe, recipeOf, type Warmup } from "./recipe";
import { learningRateAt } from "./schedule";
import { isSnapshotStep } from "./snapshots";
import type { StageTrainer } from "./stage-trainer";
import type { TrainState } from "./state";

/** Puts a stage on a device. */
export type PrepareTrainer = (options: FitOptions, recipe: Recipe) => Promise<StageTrainer>;

export interface FitOptions {
  readonly stage: TrainingStage;
  readonly spec: ModelSpec;
  readonly config: Config;
  /** `classOrder[position]` is the class of that logit. */
  readonly classOrder: readonly number[];
  readonly dataset: Dataset;
  readonly split: TrainValidationSplit;
  readonly start: TrainState;
  /** Asked after a step, and after its validation, with the number of steps done; a true answer yields a checkpoint. */
  readonly checkpointRequested: (done: number) => boolean;
  /** Unix time in milliseconds. */
  readonly now: () => number;
}

/** Losses are read back when this much time has passed: each read waits for the device. */
const REPORT_EVERY_MS = 250;
const REPORT_EVERY_STEPS = 50;

/**
 * Trains a stage from `start` to the recipe's last step and reports what happened; the final state is the last checkpoint.
 * Pausing is not asking for the next fact. Throws DivergenceError on a non-finite loss, before any checkpoint that would contain it.
 *
 * A warm-up is a trainer of its own, before that of the whole objective. Its last state is always a checkpoint, and what assignments then lean to
 * is found after it: a stage taken up at that step finds it again, from the same state.
 */
export async function* fit(options: FitOptions, prepare: PrepareTrainer): AsyncGenerator<FitFact, TrainState, void> {
  const recipe = recipeOf(options.config, options.stage);
  const watch = new DivergenceWatch(options.config, options.classOrder.length, options.start.step);
  const { warmup } = recipe;
  if (warmup === null || options.start.step > warmup.steps) {
    return yield* fitStretch(options, { recipe, watch, end: recipe.stage.steps }, prepare);
  }
  const warm = warmRecipe(recipe, warmup);
  const { start } = options;
  const warmed =
    start.step === warmup.steps ? start : yield* fitStretch(options, { recipe: warm, watch, end: warmup.steps }, prepare);
  const leaning =
    warmup.confusion === null ? warmed : await leaningState({ ...options, start: warmed }, warm, warmup.confusion, prepare);
  return yield* fitStretch({ ...options, start: leaning }, { recipe, watch, end: recipe.stage.steps }, prepare);
}

function warmRecipe(recipe: Recipe, { trainer }: Warmup): Recipe {
  return { ...recipe, trainer };
}

/** Assignments as the confusions of the state's network suggest them. */
async function leaningState(
  options: FitOptions,
  recipe: Recipe,
  confusion: NonNullable<Warmup["confusion"]>,
  prepare: PrepareTrainer,
): Promise<TrainState> {
  const { spec, start, dataset, split, classOrder } = options;
  const input = { spec, labels: dataset.train.fine, images: split.train, classes: classOrder.length };
  const trainer = await prepare(options, recipe);
  try {
    return await startFromConfusion(trainer, input, start, confusion);
  } finally {
    trainer.dispose();
  }
}

/** Steps by one recipe, up to `end`. */
interface Stretch {
  readonly recipe: Recipe;
  readonly watch: DivergenceWatch;
  readonly end: number;
}

async function* fitStretch(
  options: FitOptions,
  stretch: Stretch,
  prepare: PrepareTrainer,
): AsyncGenerator<FitFact, TrainState, void> {
  const trainer = await prepare(options, stretch.recipe);
  try {
    return yield* trainSteps(options, stretch, trainer);
  } finally {
    trainer.dispose();
  }
}

async function* trainSteps(
  options: FitOptions,
  { recipe, watch, end }: Stretch,
  trainer: StageTrainer,
): AsyncGenerator<FitFact, TrainState, void> {
  const { stage, start } = options;
  const journal = new Journal(options, recipe, trainer, watch);
  const groups = stage === "group";
  const isKept = (step: number): boolean => isSnapshotStep(step, recipe.stage.steps);
  const assignments = async (step: number): Promise<FitFact> => {
    const [now, kept] = [await trainer.assignments(), isKept(step)];
    const blocks = kept ? blockMasses(options.spec, now, await trainer.parameters()) : null;
    return { kind: "assignments", step, assignments: now, kept, blocks };
  };
  if (groups) yield await assignments(start.step);
  let state = start;
  for (let step = start.step; step < end; step++) {
    const done = step + 1;
    const last = done === end;
    const rate = learningRateAt(recipe.stage, step);
    journal.begin();
    journal.record(step, rate);
    await trainer.step(step, rate);
    const validates = done === recipe.stage.steps || done % recipe.stage.validateEverySteps === 0;
    const scheduled = done % recipe.stage.checkpointEverySteps === 0;
    const reports = journal.due() || (groups && isKept(done));
    if (!reports && !validates && !last && !scheduled && !options.checkpointRequested(done)) continue;
    yield await journal.flush();
    if (groups) yield await assignments(done);
    if (validates) yield { kind: "validated", metric: await validate(options, trainer, done) };
    // Asked once more: a validation may have made this state worth keeping. One that is only due is not, where the loss has left its range.
    if (last || (scheduled && !watch.suspicious) || options.checkpointRequested(done)) {
      state = await trainer.state(done);
      // A step with a finite loss can still leave weights that are not: such a state must never become the last good checkpoint.
      if (!allFinite(state)) throw watch.diverged(done, rate, "is not a finite number");
      yield { kind: "checkpoint", state };
      watch.checkpointed(done);
    }
  }
  // A stage resumed after its last step has nothing to do but to say so.
  if (start.step >= recipe.stage.steps) yield { kind: "checkpoint", state };
  return state;
}

async function validate(options: FitOptions, trainer: StageTrainer, step: number): Promise<ValidationMetric> {
  const { dataset, split } = options;
  const labels = Uint8Array.from(split.validation, (index) => dataset.train.fine[index]!);
  const accuracy = rankedAccuracy(await trainer.validationLogits(step), labels);
  return { kind: "validation", stage: options.stage, step, ...accuracy, time: options.now() };
}

/** Steps whose terms wait on the device until they are read back together. */
class Journal {
  readonly #options: FitOptions;
  readonly #batchSize: number;
  readonly #trainer: StageTrainer;
  readonly #watch: DivergenceWatch;
  #pending: { readonly step: number; readonly learningRate: number }[] = [];
  #startedAt = performance.now();

  constructor(options: FitOptions, recipe: Recipe, trainer: StageTrainer, watch: DivergenceWatch) {
    this.#options = options;
    this.#batchSize = recipe.stage.batchSize;
    this.#trainer = trainer;
    this.#watch = watch;
  }

  /** Starts the clock of the steps that will be read back together. */
  begin(): void {
    if (this.#pending.length === 0) this.#startedAt = performance.now();
  }

  record(step: number, learningRate: number): void {
    this.#pending.push({ step, learningRate });
  }

  due(): boolean {
    return this.#pending.length >= REPORT_EVERY_STEPS || performance.now() - this.#startedAt >= REPORT_EVERY_MS;
  }

  /** Reads the pending terms back: the one synchronisation with the device outside assignments, checkpoints and validation. */
  async flush(): Promise<FitFact> {
    const { stage, now } = this.#options;
    const pending = this.#pending;
    const reports = await this.#trainer.takeReports();
    this.#pending = [];
    const time = now();
    const metrics = pending.map(({ step, learningRate }, index): StepMetric => {
      const report = reports[index]!;
      return { kind: "step", stage, step, learningRate, ...report, time };
    });
    for (const metric of metrics) this.#watch.look(metric);
    const seconds = (performance.now() - this.#startedAt) / 1000;
    return { kind: "steps", metrics, imagesPerSecond: (pending.length * this.#batchSize) / seconds };
  }
}

function allFinite({ parameters, statistics }: TrainState): boolean {
  return [parameters, statistics].every((tensors) => [...tensors.values()].every(({ data }) => data.every(Number.isFinite)));
}
