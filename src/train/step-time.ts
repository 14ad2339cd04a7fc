import { randomStream } from "../base/random";
import { type Dataset, type Examples, IMAGE_BYTES } from "../data/dataset";
import { splitTrainValidation } from "../data/split";
import type { Config } from "../model/config";
import { spaceNamed } from "../model/lookup";
import type { TrainingStage } from "../model/run";
import type { ModelSpec } from "../model/spec";
import { identityOrder } from "../splitnet/plan";
import type { FitOptions, PrepareTrainer } from "./fit";
import { recipeOf } from "./recipe";
import { initialState } from "./state";

/** Seconds of single optimiser steps, each waited for, after one that compiles the shaders. */
export interface StepTime {
  readonly batchSize: number;
  readonly seconds: readonly number[];
  readonly medianSeconds: number;
  readonly imagesPerSecond: number;
}

/** A step to measure: everything that training does, on noise images. */
export interface StepProblem {
  readonly spec: ModelSpec;
  readonly config: Config;
  readonly stage: TrainingStage;
  readonly batchSize: number;
}

/** How much is timed, and who wants to know. */
export interface StepLimits {
  readonly steps: number;
  /** No other step is begun after so long; at least one is timed. */
  readonly seconds?: number;
  readonly signal?: AbortSignal;
  /** Told how many steps are timed, while the last one still holds its memory. */
  readonly onStep?: (done: number) => void;
}

/** Times steps of a stage; throws the reason of the signal once that is aborted. */
export async function measureStepTime(
  prepare: PrepareTrainer,
  problem: StepProblem,
  { steps, seconds: patience = Number.POSITIVE_INFINITY, signal, onStep }: StepLimits,
): Promise<StepTime> {
  const { batchSize } = problem;
  const options = noiseOptions(problem);
  const recipe = recipeOf(options.config, problem.stage);
  const trainer = await prepare(options, recipe);
  const seconds: number[] = [];
  try {
    const begun = performance.now();
    const late = (): boolean => performance.now() - begun > 1000 * patience;
    for (let step = 0; step <= steps && !(step > 1 && late()); step++) {
      signal?.throwIfAborted();
      const started = performance.now();
      await trainer.step(step, recipe.stage.learningRate);
      await trainer.takeReports();
      if (step === 0) continue;
      seconds.push((performance.now() - started) / 1000);
      onStep?.(step);
    }
  } finally {
    trainer.dispose();
  }
  const medianSeconds = [...seconds].sort((a, b) => a - b)[Math.floor(seconds.length / 2)] ?? Number.NaN;
  return { batchSize, seconds, medianSeconds, imagesPerSecond: batchSize / medianSeconds };
}

/** Training on seeded noise: every example is as good as another for a clock. */
export function noiseOptions({ spec, config, stage, batchSize }: StepProblem): FitOptions {
  const classes = spaceNamed(spec, "classes").size;
  const dataset = noiseDataset(config.seed, classes, 2 * batchSize);
  return {
    stage,
    spec,
    config: { ...config, [stage]: { ...config[stage], batchSize } },
    classOrder: identityOrder(classes),
    dataset,
    split: splitTrainValidation(dataset.train.count, config.seed),
    start: initialState(spec, config.seed),
    checkpointRequested: () => false,
    now: () => 0,
  };
}

function noiseDataset(seed: number, classes: number, count: number): Dataset {
  const stream = randomStream(seed, "sample");
  const words = new Uint32Array((count * IMAGE_BYTES) / 4);
  for (let index = 0; index < words.length; index += 4) words.set(stream.words(index >>> 2), index);
  const examples: Examples = {
    count,
    images: new Uint8Array(words.buffer),
    fine: Uint8Array.from({ length: count }, (_, i) => i % classes),
    coarse: new Uint8Array(count),
  };
  return { train: examples, test: examples, classes: Array.from({ length: classes }, (_, i) => `${i}`), superclasses: ["all"] };
}
