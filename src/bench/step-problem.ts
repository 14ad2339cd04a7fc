import { randomStream } from "../base/random";
import { trainingBatch } from "../data/augment";
import { batchSampler } from "../data/batches";
import { type Dataset, type Examples, IMAGE_BYTES } from "../data/dataset";
import { groupingSpec, unblockedSplitSpec } from "../model/build";
import type { Config } from "../model/config";
import { layerCosts, sumCosts } from "../model/cost";
import { groupedSpaces } from "../model/lookup";
import { presetConfig } from "../model/presets";
import type { TrainingStage } from "../model/run";
import type { ModelSpec } from "../model/spec";
import { evenSplitSpec } from "../splitnet/even-split";
import { identityOrder, planSplit } from "../splitnet/plan";
import type { FitOptions } from "../train/fit";
import { type Recipe, recipeOf, stageSeed } from "../train/recipe";
import { initialState } from "../train/state";

/** One optimiser step of a stage, the same for every contender. */
export interface StepProblem {
  /** What `fit` would get: network, recipe, random images and labels, the start. */
  readonly fit: FitOptions;
  readonly recipe: Recipe;
  readonly batchSize: number;
}

export const CLASSES = 100;
const EXAMPLES = 512;

/** The published recipe's stage on WRN-`depth`-`widen`, grouped 2-2-2; stage 2 is the even split unless told otherwise. */
export function stepProblem(
  stage: TrainingStage,
  depth: number,
  widen: number,
  batchSize: number,
  split: (config: Config) => ModelSpec = evenSplit,
): StepProblem {
  const config = stepConfig(depth, widen, batchSize);
  const spec = stage === "group" ? groupingSpec(config, CLASSES) : split(config);
  const train = Uint32Array.from({ length: EXAMPLES }, (_, index) => index);
  const fit: FitOptions = {
    stage,
    spec,
    config,
    classOrder: identityOrder(CLASSES),
    dataset: randomDataset(config.seed),
    split: { seed: config.seed, train, validation: train.subarray(0, 1) },
    start: initialState(spec, config.seed),
    checkpointRequested: () => false,
    now: () => 0,
  };
  return { fit, recipe: recipeOf(config, stage), batchSize };
}

/** The augmented batch of a step, made on the processor as the stock trainer makes it. */
export function hostBatches({ fit, recipe, batchSize }: StepProblem) {
  const seed = stageSeed(fit.config.seed, fit.stage);
  const indicesAt = batchSampler(fit.split.train, seed, batchSize);
  const { cropOffsets, whiteningGuard } = recipe.rules;
  const rules = { cropOffsets, whiteningGuard };
  return (step: number) => trainingBatch(fit.dataset.train, indicesAt(step), { seed, step, rules });
}

/** The name the issue gives to a step's case. */
export function stepName(stage: TrainingStage, { model: { depth, widen } }: Config, batchSize: number): string {
  return `step/${stage}/WRN-${depth}-${widen}/${batchSize}`;
}

/** Multiply-add FLOPs of a training step for one image: forward, input gradients and filter gradients, the first convolution too. */
export function trainingFlops(spec: ModelSpec): number {
  return 3 * sumCosts(layerCosts(spec)).flops;
}

/** Network of a configuration after an even split. */
export function evenSplit(config: Config): ModelSpec {
  return evenSplitSpec(config, CLASSES);
}

/** Network of a configuration of two groups after a split that gives the first one 11 of 17 channels: off every multiple of four. */
export function unevenSplit(config: Config): ModelSpec {
  const groupOf = (size: number): number[] => Array.from({ length: size }, (_, member) => (17 * member < 11 * size ? 0 : 1));
  const spec = unblockedSplitSpec(config, CLASSES);
  const partitions = groupedSpaces(spec).map(({ name, size, groups }) => [name, { groups, groupOf: groupOf(size) }] as const);
  return planSplit(spec, new Map(partitions)).spec;
}

function stepConfig(depth: number, widen: number, batchSize: number): Config {
  const paper = presetConfig("paper");
  return {
    ...paper,
    model: { depth, widen },
    group: { ...paper.group, batchSize },
    finetune: { ...paper.finetune, batchSize },
  };
}

function randomDataset(seed: number): Dataset {
  const stream = randomStream(seed, "sample");
  const words = new Uint32Array((EXAMPLES * IMAGE_BYTES) / 4);
  for (let index = 0; index < words.length; index += 4) words.set(stream.words(index >>> 2), index);
  const fine = Uint8Array.from({ length: EXAMPLES }, (_, index) => index % CLASSES);
  const examples: Examples = { count: EXAMPLES, images: new Uint8Array(words.buffer), fine, coarse: new Uint8Array(EXAMPLES) };
  return { train: examples, test: examples, classes: identityOrder(CLASSES).map(String), superclasses: ["all"] };
}
