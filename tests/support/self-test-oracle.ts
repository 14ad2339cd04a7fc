import { matrix } from "../../src/base/matrix";
import { hashName, randomStream, uniformOf } from "../../src/base/random";
import { evaluationBatch, trainingBatch } from "../../src/data/augment";
import { batchIndices } from "../../src/data/batches";
import { groupedSpaces } from "../../src/model/lookup";
import { logitsName } from "../../src/model/parameters";
import { inferShapes } from "../../src/model/shapes";
import { assignmentOf } from "../../src/reference/assignment";
import { descend } from "../../src/reference/descent";
import type { Dropout64, NetworkState64 } from "../../src/reference/layer";
import { runNetwork } from "../../src/reference/network";
import { evaluateObjective } from "../../src/reference/objective";
import { type Tensor64, type Tensors64, tensor64, tensor64Named, widen } from "../../src/reference/tensor64";
import type { FitOptions } from "../../src/train/fit";
import { columnsOf, recipeOf, stageSeed } from "../../src/train/recipe";
import { type Answers, digestsOf } from "../../src/train/self-test";
import { digestOf } from "../../src/train/self-test-digest";

/** A self-test problem as the float64 oracle solves it. */
export interface Solution {
  readonly answers: Answers;
  /** Smallest absolute value of an input of a ReLU. */
  readonly margin: number;
  /** Logits of the validation with the parameters from before and after the update. */
  readonly before: Tensor64;
  readonly after: Tensor64;
}

/** One step of the problem, and the validation after it. */
export function solve(problem: FitOptions): Solution {
  const { spec, stage, config, start, split, dataset } = problem;
  const { stage: settings, rules, trainer } = recipeOf(config, stage);
  const seed = stageSeed(config.seed, stage);
  const indices = batchIndices(split.train, seed, 0, settings.batchSize);
  const batch = trainingBatch(dataset.train, indices, { seed, step: 0, rules });
  const columns = columnsOf(problem.classOrder);
  const images = imagesOf(batch.images);
  const labels = batch.labels.map((label) => columns[label]!);
  const state = { parameters: widen(start.parameters), statistics: widen(start.statistics) };
  const { penaltyWeights, weightedSplit, groupLassoEpsilon: epsilon, weightDecay } = trainer;
  const penalties = { ...(penaltyWeights ?? { overlap: 0, weightSplit: 0, uniform: 0 }), weightedSplit, epsilon };
  const dropout = dropoutOf(problem, settings.batchSize);
  const value = evaluateObjective(spec, state, { images, labels }, { weightDecay, penalties }, dropout);
  const updated = { parameters: updatedBy(problem, state, value.gradients), statistics: value.statistics };
  const after = validate(problem, updated);
  const { activations } = runNetwork(spec, state, images, { kind: "training", dropout });
  const inputs = spec.layers.flatMap((layer) => (layer.kind === "relu" ? [activations.get(layer.input)!] : []));
  return {
    answers: {
      losses: { ...value.losses },
      statistics: digestsOf(value.statistics),
      gradients: digestsOf(inOrder(value.gradients, state.parameters)),
      outputs: { ...digestsOf(assignmentsOf(problem, updated)), logits: digestOf(after.data) },
    },
    margin: Math.min(...inputs.map(({ data }) => data.reduce((least, y) => Math.min(least, Math.abs(y)), Infinity))),
    before: validate(problem, { ...updated, parameters: state.parameters }),
    after,
  };
}

/** Masks as the kernels draw them: element i of a layer takes word i mod 4 of the block of counter i / 4. */
function dropoutOf({ spec, config, stage }: FitOptions, batch: number): Dropout64 | null {
  const keep = config[stage].dropoutKeep;
  if (keep === 1) return null;
  const stream = randomStream(config.seed, "dropout");
  const shapes = inferShapes(spec);
  const masks = spec.layers.flatMap(({ kind, name }) => {
    if (kind !== "dropout") return [];
    const { height, width, channels } = shapes.get(name)!;
    const uniform = (i: number): number => uniformOf(stream.words(i >>> 2, 0, hashName(name))[i % 4]!);
    return [
      [name, Uint8Array.from({ length: batch * height * width * channels }, (_, i) => (uniform(i) < keep ? 1 : 0))] as const,
    ];
  });
  return { keep, masks: new Map(masks) };
}

/** Assignment logits move by a rate of their own. */
function updatedBy({ spec, config, stage }: FitOptions, { parameters }: NetworkState64, gradients: Tensors64): Tensors64 {
  const { stage: settings, trainer } = recipeOf(config, stage);
  const logits = new Set(groupedSpaces(spec).map(({ name }) => logitsName(name)));
  const moved = (factor: number): Tensors64 =>
    descend(
      { parameters, accumulators: new Map() },
      gradients,
      { ...settings, learningRate: factor * settings.learningRate },
      new Set(),
    ).parameters;
  const [network, assignments] = [moved(1), moved(trainer.assignmentRateFactor)];
  return new Map([...network].map(([name, tensor]) => [name, logits.has(name) ? tensor64Named(assignments, name) : tensor]));
}

function assignmentsOf({ spec }: FitOptions, { parameters }: NetworkState64): ReadonlyMap<string, { data: Float64Array }> {
  return new Map(
    groupedSpaces(spec).map(({ name, groups, size }) => {
      const logits = tensor64Named(parameters, logitsName(name)).data;
      return [name, { data: Float64Array.from(assignmentOf(matrix(groups, size, logits)).data) }];
    }),
  );
}

/** Logits [validation images, classes] in class order. */
function validate({ spec, config, dataset, split, classOrder, stage }: FitOptions, state: NetworkState64): Tensor64 {
  const { images } = evaluationBatch(dataset.train, split.validation, recipeOf(config, stage).rules.whiteningGuard);
  const { logits } = runNetwork(spec, state, imagesOf(images), { kind: "inference" });
  const columns = columnsOf(classOrder);
  const classes = classOrder.length;
  return tensor64(
    logits.shape,
    logits.data.map((_, i) => logits.data[i - (i % classes) + columns[i % classes]!]!),
  );
}

function imagesOf(images: Float32Array): Tensor64 {
  return tensor64([images.length / 3072, 32, 32, 3], images);
}

function inOrder(tensors: Tensors64, order: Tensors64): Tensors64 {
  return new Map([...order.keys()].map((name) => [name, tensor64Named(tensors, name)]));
}
