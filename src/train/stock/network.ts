import {
  add,
  concat,
  conv2d,
  matMul,
  mean,
  mul,
  relu,
  split,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
} from "@tensorflow/tfjs-core";
import { ShapeError } from "../../base/errors";
import { type DropoutKey, dropoutMaskTensor } from "../../kernels/stock/dropout";
import { statisticNames } from "../../model/parameters";
import type { BatchNormLayer, ConvLayer, DenseLayer, Layer, ModelSpec } from "../../model/spec";
import { batchMoments, type Moments, normalizeWithBatch, normalizeWithRunning } from "./batch-norm";
import { type DeviceTensors, deviceTensor } from "./tensors";

/** Tensors of the network being run. */
export interface NetworkOnDevice {
  readonly spec: ModelSpec;
  readonly parameters: DeviceTensors;
  readonly statistics: DeviceTensors;
}

/** Dropout of one pass; null switches it off. */
export type DropoutDraw = (Omit<DropoutKey, "layer"> & { readonly keep: number }) | null;

/** How batch normalisation and dropout behave. Training hands every layer's batch moments to `onMoments`; "batch" uses and forgets them. */
export type ForwardMode =
  | {
      readonly kind: "training";
      readonly dropout: DropoutDraw;
      readonly onMoments: (layer: BatchNormLayer, moments: Moments) => void;
    }
  | { readonly kind: "batch" | "inference"; readonly dropout: DropoutDraw };

/** Runs the network on images [N, 32, 32, 3] (whitened, NHWC); returns logits [N, classes] in the order of the spec's output space. */
export function forward(network: NetworkOnDevice, images: Tensor4D, mode: ForwardMode): Tensor2D {
  const values = new Map<string, Tensor>();
  let last: Tensor = images;
  for (const layer of network.spec.layers) {
    last = runLayer(network, layer, (name) => activationOf(values, layer, name), images, mode);
    values.set(layer.name, last);
  }
  return last as Tensor2D;
}

function activationOf(values: ReadonlyMap<string, Tensor>, layer: Layer, name: string): Tensor {
  const value = values.get(name);
  if (value === undefined)
    throw new ShapeError(`${layer.name}: input ${name} comes later or not at all`, "The network's description is inconsistent.");
  return value;
}

function runLayer(
  network: NetworkOnDevice,
  layer: Layer,
  input: (name: string) => Tensor,
  images: Tensor4D,
  mode: ForwardMode,
): Tensor {
  switch (layer.kind) {
    case "input":
      return images;
    case "conv":
      return convolve(network.parameters, layer, input(layer.input) as Tensor4D);
    case "batchNorm":
      return normalize(network, layer, input(layer.input) as Tensor4D, mode);
    case "relu":
      return relu(input(layer.input));
    case "dropout": {
      const x = input(layer.input);
      return mode.dropout === null
        ? x
        : mul(x, dropoutMaskTensor(x.shape, mode.dropout.keep, { ...mode.dropout, layer: layer.name }));
    }
    case "add":
      return add(input(layer.inputs[0]), input(layer.inputs[1]));
    case "globalMean":
      return mean(input(layer.input), [1, 2]);
    case "dense":
      return fullyConnected(network.parameters, layer, input(layer.input) as Tensor2D);
    default:
      return layer satisfies never;
  }
}

function convolve(parameters: DeviceTensors, layer: ConvLayer, x: Tensor4D): Tensor4D {
  const block = (input: Tensor4D, prefix: string): Tensor4D =>
    conv2d(input, deviceTensor(parameters, `${prefix}/kernel`) as Tensor4D, layer.stride, "same");
  if (layer.blocks === null) return block(x, layer.name);
  const inputs: Tensor4D[] = split<Tensor4D>(x, [...layer.blocks.inputs], 3);
  return concat(
    inputs.map((input, index) => block(input, `${layer.name}/block_${index}`)),
    3,
  );
}

function fullyConnected(parameters: DeviceTensors, layer: DenseLayer, x: Tensor2D): Tensor2D {
  const block = (input: Tensor2D, prefix: string): Tensor2D =>
    add(matMul(input, deviceTensor(parameters, `${prefix}/weights`) as Tensor2D), deviceTensor(parameters, `${prefix}/biases`));
  if (layer.blocks === null) return block(x, layer.name);
  const inputs: Tensor2D[] = split<Tensor2D>(x, [...layer.blocks.inputs], 1);
  return concat(
    inputs.map((input, index) => block(input, `${layer.name}/block_${index}`)),
    1,
  );
}

function normalize(network: NetworkOnDevice, layer: BatchNormLayer, x: Tensor4D, mode: ForwardMode): Tensor4D {
  const beta = deviceTensor(network.parameters, `${layer.name}/beta`) as Tensor1D;
  const gamma = deviceTensor(network.parameters, `${layer.name}/gamma`) as Tensor1D;
  if (mode.kind !== "inference") {
    const moments = batchMoments(x);
    if (mode.kind === "training") mode.onMoments(layer, moments);
    return normalizeWithBatch(x, moments, beta, gamma);
  }
  const names = statisticNames(layer);
  return normalizeWithRunning(
    x,
    deviceTensor(network.statistics, names.mean) as Tensor1D,
    deviceTensor(network.statistics, names.variance) as Tensor1D,
    beta,
    gamma,
  );
}
