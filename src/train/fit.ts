import { stack } from "@tensorflow/tfjs-core";
import { DivergenceError } from "../base/errors";
import { trainingBatch } from "../data/augment";
import { batchSampler } from "../data/batches";
import type { Dataset, TrainValidationSplit } from "../data/dataset";
import type { Config } from "../model/config";
import type { StepMetric, TrainingStage, ValidationMetric } from "../model/run";
import type { ModelSpec } from "../model/spec";
import { rankedAccuracy } from "../splitnet/ranking";
import { evaluateOnDevice } from "./evaluate";
import type { FitFact } from "./facts";
import type { DropoutDraw } from "./network";
import { type Recipe, recipeOf } from "./recipe";
import { learningRateAt } from "./schedule";
import type { TrainState } from "./state";
import { lossesOf, type StepTerms, Trainer } from "./trainer";

export interface FitOptions {
  readonly stage: TrainingStage;
  readonly spec: ModelSpec;
  readonly config: Config;
  /** `classOrder[position]` is the class of that logit. */
  readonly classOrder: readonly number[];
  readonly dataset: Dataset;
  readonly split: TrainValidationSplit;
  readonly start: TrainState;
  /** Asked once a step; a true answer yields a checkpoint after it. */
  readonly checkpointRequested: () => boolean;
  /** Unix time in milliseconds. */
  readonly now: () => number;
}

/** Losses are read back when this much time has passed: each read waits for the device. */
const REPORT_EVERY_MS = 250;
const REPORT_EVERY_STEPS = 50;

/**
 * Trains a stage from `start` to the recipe's last step and reports what happened; the final state is the last checkpoint.
 * Pausing is not asking for the next fact. Throws DivergenceError on a non-finite loss, before any checkpoint that would contain it.
 */
export async function* fit(options: FitOptions): AsyncGenerator<FitFact, TrainState, void> {
  const recipe = recipeOf(options.config, options.stage);
  const trainer = new Trainer(options.spec, recipe.trainer, options.start);
  const journal = new Journal(options, recipe);
  try {
    return yield* trainSteps(options, recipe, trainer, journal);
  } finally {
    journal.dispose();
    trainer.dispose();
  }
}

async function* trainSteps(
  options: FitOptions,
  recipe: Recipe,
  trainer: Trainer,
  journal: Journal,
): AsyncGenerator<FitFact, TrainState, void> {
  const { stage, config, start } = options;
  const nextBatch = batchSource(options, recipe);
  if (stage === "group") yield { kind: "assignments", step: start.step, assignments: await trainer.assignments() };
  let state = start;
  for (let step = start.step; step < recipe.stage.steps; step++) {
    const done = step + 1;
    const last = done === recipe.stage.steps;
    const rate = learningRateAt(recipe.stage, step);
    journal.begin();
    journal.record(step, rate, trainer.step(nextBatch(step), rate, dropoutAt(config, recipe, step)));
    const validates = last || done % recipe.stage.validateEverySteps === 0;
    const requested = options.checkpointRequested();
    const checkpoints = requested || last || done % recipe.stage.checkpointEverySteps === 0;
    if (!journal.due() && !validates && !checkpoints) continue;
    yield await journal.flush();
    if (stage === "group") yield { kind: "assignments", step: done, assignments: await trainer.assignments() };
    if (validates) yield { kind: "validated", metric: await validate(options, recipe, trainer, done) };
    if (checkpoints) {
      state = finite(await trainer.state(done), rate);
      yield { kind: "checkpoint", state };
    }
  }
  // A stage resumed after its last step has nothing to do but to say so.
  if (start.step >= recipe.stage.steps) yield { kind: "checkpoint", state };
  return state;
}

/** Batch of a step: a pure function of seed and step, labels as positions in the logits. */
function batchSource(options: FitOptions, recipe: Recipe): (step: number) => { images: Float32Array; labels: Int32Array } {
  const { dataset, split, config, classOrder } = options;
  const position = new Int32Array(classOrder.length);
  classOrder.forEach((label, index) => {
    position[label] = index;
  });
  // The two stages see the examples in different orders.
  const seed = options.stage === "group" ? config.seed : (config.seed ^ FINETUNE_SEED) >>> 0;
  const indicesAt = batchSampler(split.train, seed, recipe.stage.batchSize);
  const { cropOffsets, whiteningGuard } = recipe.rules;
  return (step) => {
    const { images, labels } = trainingBatch(dataset.train, indicesAt(step), {
      seed,
      step,
      rules: { cropOffsets, whiteningGuard },
    });
    return { images, labels: labels.map((label) => position[label]!) };
  };
}

const FINETUNE_SEED = 0x5eed0002;

function dropoutAt(config: Config, recipe: Recipe, step: number): DropoutDraw {
  return recipe.stage.dropoutKeep < 1 ? { seed: config.seed, step, keep: recipe.stage.dropoutKeep } : null;
}

async function validate(options: FitOptions, recipe: Recipe, trainer: Trainer, step: number): Promise<ValidationMetric> {
  const { dataset, split, config, classOrder } = options;
  const { logits } = await evaluateOnDevice(trainer.network, {
    examples: dataset.train,
    indices: split.validation,
    batchSize: config.evaluation.batchSize,
    whiteningGuard: recipe.rules.whiteningGuard,
    classOrder,
    dropout: recipe.rules.dropoutInEvaluation ? dropoutAt(config, recipe, step) : null,
  });
  const labels = Uint8Array.from(split.validation, (index) => dataset.train.fine[index]!);
  return { kind: "validation", stage: options.stage, step, ...rankedAccuracy(logits, labels), time: options.now() };
}

/** Step terms waiting on the device until they are read back together. */
class Journal {
  readonly #options: FitOptions;
  readonly #batchSize: number;
  #pending: { readonly step: number; readonly learningRate: number; readonly terms: StepTerms }[] = [];
  #startedAt = performance.now();

  constructor(options: FitOptions, recipe: Recipe) {
    this.#options = options;
    this.#batchSize = recipe.stage.batchSize;
  }

  /** Starts the clock of the steps that will be read back together. */
  begin(): void {
    if (this.#pending.length === 0) this.#startedAt = performance.now();
  }

  record(step: number, learningRate: number, terms: StepTerms): void {
    this.#pending.push({ step, learningRate, terms });
  }

  due(): boolean {
    return this.#pending.length >= REPORT_EVERY_STEPS || performance.now() - this.#startedAt >= REPORT_EVERY_MS;
  }

  /** Reads the pending terms back: the one synchronisation with the device outside checkpoints and validation. */
  async flush(): Promise<FitFact> {
    const { stage, now } = this.#options;
    const pending = this.#pending;
    const stacked = stack(pending.map((entry) => entry.terms));
    const values = await stacked.data();
    const width = values.length / pending.length;
    stacked.dispose();
    this.dispose();
    const time = now();
    const metrics = pending.map(({ step, learningRate }, index): StepMetric => {
      const losses = lossesOf(values.slice(index * width, (index + 1) * width));
      if (!Number.isFinite(losses.total)) throw diverged(step, learningRate);
      return { kind: "step", stage, step, learningRate, ...losses, time };
    });
    const seconds = (performance.now() - this.#startedAt) / 1000;
    return { kind: "steps", metrics, imagesPerSecond: (pending.length * this.#batchSize) / seconds };
  }

  dispose(): void {
    for (const { terms } of this.#pending) terms.dispose();
    this.#pending = [];
  }
}

/** A step with a finite loss can still leave weights that are not: such a state must never become the last good checkpoint. */
function finite(state: TrainState, learningRate: number): TrainState {
  for (const tensors of [state.parameters, state.statistics]) {
    for (const { data } of tensors.values()) if (!data.every(Number.isFinite)) throw diverged(state.step, learningRate);
  }
  return state;
}

function diverged(step: number, learningRate: number): DivergenceError {
  return new DivergenceError(
    `the loss of step ${step} is not a finite number (learning rate ${learningRate})`,
    `Lower the learning rate, for example to ${learningRate / 2}, and resume from the last checkpoint or start anew.`,
  );
}
