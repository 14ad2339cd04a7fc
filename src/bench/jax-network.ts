import { lax, nn, numpy as np, random } from "@jax-js/jax";
import { ShapeError } from "../base/errors";
import { statisticNames } from "../model/parameters";
import {
  BATCH_NORM_EPSILON,
  type BatchNormLayer,
  type Blocks,
  type ConvLayer,
  type DenseLayer,
  type Layer,
  type ModelSpec,
} from "../model/spec";
import type { JaxTensors } from "./jax-layout";

// jax-js counts references: a function owns its arguments and uses each once; `x.ref` is one more use.

/** Logits [N, classes] and the batch's moments under the names of the running statistics. */
export type ForwardPass = { readonly logits: np.Array; readonly moments: JaxTensors };

/** Dropout of one pass: a key of jax.random, [2] words, and the probability of keeping an element. */
export interface JaxDropout {
  readonly key: np.Array;
  readonly keep: number;
}

/** What the layers of one pass share. */
interface Pass {
  readonly parameters: JaxTensors;
  readonly moments: JaxTensors;
  /** One key a dropout layer, in execution order; empty when dropout is off. */
  readonly keys: np.Array[];
  readonly keep: number;
}

const PIXELS = [0, 2, 3];

/** Runs the network in training mode on images [N, 32, 32, 3]. Borrows the parameters, owns the rest. */
export function forward(spec: ModelSpec, parameters: JaxTensors, images: np.Array, dropout: JaxDropout | null): ForwardPass {
  const pass: Pass = {
    parameters,
    moments: {},
    keys: dropout === null ? [] : keysOf(spec, dropout.key),
    keep: dropout?.keep ?? 1,
  };
  const values = new Map<string, np.Array>();
  const input = (name: string): np.Array => {
    const value = values.get(name);
    if (value === undefined)
      throw new ShapeError(`input ${name} comes later or not at all`, "The network's description is inconsistent.");
    return value.ref;
  };
  for (const layer of spec.layers)
    values.set(layer.name, layer.kind === "input" ? channelsFirst(images) : run(layer, input, pass));
  const logits = input(spec.layers.at(-1)!.name);
  for (const value of values.values()) value.dispose();
  return { logits, moments: pass.moments };
}

/** [N, H, W, C] to [N, C, H, W], the only layout jax-js has for convolutions. */
function channelsFirst(images: np.Array): np.Array {
  return np.transpose(images, [0, 3, 1, 2]);
}

function keysOf(spec: ModelSpec, key: np.Array): np.Array[] {
  const layers = spec.layers.filter((layer) => layer.kind === "dropout").length;
  if (layers > 0) return [...random.split(key, layers)];
  key.dispose();
  return [];
}

function run(layer: Exclude<Layer, { kind: "input" }>, input: (name: string) => np.Array, pass: Pass): np.Array {
  switch (layer.kind) {
    case "conv":
      return inBlocks(input(layer.input), layer, (x, prefix) => convolve(x, parameter(pass, `${prefix}/kernel`), layer));
    case "batchNorm":
      return normalize(input(layer.input), layer, pass);
    case "relu":
      return nn.relu(input(layer.input));
    case "dropout":
      return drop(input(layer.input), pass);
    case "add":
      return input(layer.inputs[0]).add(input(layer.inputs[1]));
    case "globalMean":
      return input(layer.input).mean([2, 3]);
    case "dense":
      return inBlocks(input(layer.input), layer, (x, prefix) =>
        np.matmul(x, parameter(pass, `${prefix}/weights`)).add(parameter(pass, `${prefix}/biases`)),
      );
    default:
      return layer satisfies never;
  }
}

function parameter({ parameters }: Pass, name: string): np.Array {
  const found = parameters[name];
  if (found === undefined) throw new ShapeError(`no parameter named ${name}`, "The parameters belong to another network.");
  return found.ref;
}

/** A layer after the split: each block on its own channels, and the results side by side. */
function inBlocks(x: np.Array, layer: ConvLayer | DenseLayer, apply: (x: np.Array, prefix: string) => np.Array): np.Array {
  if (layer.blocks === null) return apply(x, layer.name);
  const outputs = np.split(x, boundaries(layer.blocks), 1).map((part, block) => apply(part, `${layer.name}/block_${block}`));
  return np.concatenate(outputs, 1);
}

/** Where blocks begin on the input's channel axis, the first left out. */
function boundaries({ inputs }: Blocks): number[] {
  let end = 0;
  return inputs.slice(0, -1).map((size) => (end += size));
}

/** TensorFlow's SAME: on stride 2 the odd pixel of padding goes below and to the right. */
function convolve(x: np.Array, kernel: np.Array, { stride }: ConvLayer): np.Array {
  return lax.convGeneralDilated(x, kernel, [stride, stride], "SAME");
}

function normalize(x: np.Array, layer: BatchNormLayer, pass: Pass): np.Array {
  const beta = parameter(pass, `${layer.name}/beta`).reshape([1, -1, 1, 1]);
  const gamma = parameter(pass, `${layer.name}/gamma`).reshape([1, -1, 1, 1]);
  const mean = x.ref.mean(PIXELS, { keepdims: true });
  const centred = x.sub(mean.ref);
  const variance = np.square(centred.ref).mean(PIXELS, { keepdims: true });
  const names = statisticNames(layer);
  pass.moments[names.mean] = lax.stopGradient(mean.reshape([-1]));
  pass.moments[names.variance] = lax.stopGradient(variance.ref.reshape([-1]));
  return centred.mul(gamma.div(np.sqrt(variance.add(BATCH_NORM_EPSILON)))).add(beta);
}

function drop(x: np.Array, { keys, keep }: Pass): np.Array {
  const key = keys.shift();
  if (key === undefined) return x;
  const kept = random.bernoulli(key, keep, x.shape);
  return np.where(kept, x.mul(1 / keep), 0);
}
