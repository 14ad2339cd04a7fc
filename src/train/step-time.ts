import { normals, randomStream } from "../base/random";
import { IMAGE_BYTES } from "../data/dataset";
import type { Config } from "../model/config";
import type { TrainingStage } from "../model/run";
import type { ModelSpec } from "../model/spec";
import { recipeOf } from "./recipe";
import { initialState } from "./state";
import { Trainer } from "./trainer";

/** Seconds of single optimiser steps, each waited for, after one that compiles the shaders. */
export interface StepTime {
  readonly batchSize: number;
  readonly seconds: readonly number[];
  readonly medianSeconds: number;
  readonly imagesPerSecond: number;
}

/** Times `steps` steps of a stage on the open device, on noise images. */
export async function measureStepTime(
  spec: ModelSpec,
  config: Config,
  stage: TrainingStage,
  batchSize: number,
  steps: number,
): Promise<StepTime> {
  const recipe = recipeOf(config, stage);
  const trainer = new Trainer(spec, recipe.trainer, initialState(spec, config.seed));
  const images = normals(randomStream(config.seed, "sample"), batchSize * IMAGE_BYTES, 1, 0);
  const batch = { images, labels: new Int32Array(batchSize) };
  const { dropoutKeep, learningRate } = recipe.stage;
  const seconds: number[] = [];
  for (let step = 0; step <= steps; step++) {
    const started = performance.now();
    const terms = trainer.step(batch, learningRate, dropoutKeep < 1 ? { seed: config.seed, step, keep: dropoutKeep } : null);
    await terms.data();
    terms.dispose();
    if (step > 0) seconds.push((performance.now() - started) / 1000);
  }
  trainer.dispose();
  const medianSeconds = [...seconds].sort((a, b) => a - b)[Math.floor(seconds.length / 2)] ?? Number.NaN;
  return { batchSize, seconds, medianSeconds, imagesPerSecond: batchSize / medianSeconds };
}
