import { ShapeError } from "../base/errors";
import { statisticNames } from "../model/parameters";
import type { BatchNormLayer, DropoutLayer, Layer } from "../model/spec";
import { batchNorm, batchNormGradients, momentsOf, updateRunning } from "./batch-norm";
import { dropout, dropoutGradient } from "./dropout";
import { globalMean, globalMeanGradient } from "./global-mean";
import { relu, reluGradient } from "./relu";
import { addTensors, type Tensor64, type Tensors64, tensor64Named } from "./tensor64";
import { runWeighted } from "./weighted-layer";

/** Masks of 0 and 1 by dropout layer, and the probability of 1. */
export interface Dropout64 {
  readonly keep: number;
  readonly masks: ReadonlyMap<string, ArrayLike<number>>;
}

/** Training uses the batch's moments and updates the running ones; inference uses the running ones. */
export type Mode = { readonly kind: "training"; readonly dropout: Dropout64 | null } | { readonly kind: "inference" };

/** Parameters and running statistics of a network. */
export interface NetworkState64 {
  readonly parameters: Tensors64;
  readonly statistics: Tensors64;
}

export type NamedTensor64 = readonly [name: string, tensor: Tensor64];

/** Gradients a layer hands back: one an input, in order, and one a parameter. */
export interface LayerGradients {
  readonly inputs: readonly Tensor64[];
  readonly parameters: readonly NamedTensor64[];
}

/** A layer after its forward pass; `backward` takes the gradient of its output. */
export interface LayerRun {
  readonly output: Tensor64;
  /** Running statistics it has changed. */
  readonly statistics: readonly NamedTensor64[];
  backward(gradient: Tensor64): LayerGradients;
}

/** Names of the layers it reads. */
export function inputsOf(layer: Layer): readonly string[] {
  if (layer.kind === "input") return [];
  return layer.kind === "add" ? layer.inputs : [layer.input];
}

/** Runs one layer on its inputs; an `input` layer passes the images, given as its only input. */
export function runLayer(layer: Layer, inputs: readonly Tensor64[], state: NetworkState64, mode: Mode): LayerRun {
  const x = inputs[0]!;
  switch (layer.kind) {
    case "input":
      return plain(x, () => []);
    case "conv":
    case "dense":
      return runWeighted(layer, x, state.parameters);
    case "batchNorm":
      return runBatchNorm(layer, x, state, mode);
    case "relu":
      return plain(relu(x), (dy) => [reluGradient(dy, x)]);
    case "dropout":
      return runDropout(layer, x, mode);
    case "add":
      return plain(addTensors(x, inputs[1]!), (dy) => [dy, dy]);
    case "globalMean":
      return plain(globalMean(x), (dy) => [globalMeanGradient(dy, x.shape)]);
    default:
      return layer satisfies never;
  }
}

function plain(output: Tensor64, backward: (dy: Tensor64) => readonly Tensor64[]): LayerRun {
  return { output, statistics: [], backward: (dy) => ({ inputs: backward(dy), parameters: [] }) };
}

function runBatchNorm(layer: BatchNormLayer, x: Tensor64, { parameters, statistics }: NetworkState64, mode: Mode): LayerRun {
  const names = statisticNames(layer);
  const running = { mean: tensor64Named(statistics, names.mean), variance: tensor64Named(statistics, names.variance) };
  const gamma = tensor64Named(parameters, `${layer.name}/gamma`);
  const beta = tensor64Named(parameters, `${layer.name}/beta`);
  const training = mode.kind === "training";
  const moments = training ? momentsOf(x) : running;
  return {
    output: batchNorm(x, moments, gamma, beta),
    statistics: training
      ? [
          [names.mean, updateRunning(running.mean, moments.mean)],
          [names.variance, updateRunning(running.variance, moments.variance)],
        ]
      : [],
    backward: (dy) => {
      if (!training) throw new ShapeError(`${layer.name}: no gradient in inference mode`, "Run the network in training mode.");
      const gradients = batchNormGradients(dy, x, moments, gamma);
      return {
        inputs: [gradients.x],
        parameters: [
          [`${layer.name}/beta`, gradients.beta],
          [`${layer.name}/gamma`, gradients.gamma],
        ],
      };
    },
  };
}

function runDropout(layer: DropoutLayer, x: Tensor64, mode: Mode): LayerRun {
  if (mode.kind === "inference" || mode.dropout === null) return plain(x, (dy) => [dy]);
  const { keep, masks } = mode.dropout;
  const mask = masks.get(layer.name);
  if (mask === undefined || mask.length !== x.data.length) {
    throw new ShapeError(`${layer.name}: needs a mask of ${x.data.length} elements`, "Give a mask for every dropout layer.");
  }
  return plain(dropout(x, mask, keep), (dy) => [dropoutGradient(dy, mask, keep)]);
}
