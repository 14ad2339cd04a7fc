import { hashName, randomStream, uniformOf } from "../base/random";
import { BATCH_NORM_EPSILON } from "../model/spec";
import type { ActivationLayer } from "./activation";
import { batchNorm, type Moments, momentsOf } from "./batch-norm";
import { type Tensor64, tensor64 } from "./tensor64";
import { randomTensor } from "./testing";

/** Where in the random numbers the mask of an example stands. */
export const CASE_DROPOUT = { name: "unit_3_0/dropout_1", step: 0x80000001, seed: 0xdeadbeef };

export interface CaseOptions {
  readonly pixels: number;
  /** The last four of more than four channels are padding: zeros everywhere. */
  readonly channels: number;
  readonly relu: boolean;
  readonly keep: number | null;
  /** What storing does to values: rounds them to the precision of activations. */
  readonly store: (values: Float64Array) => Float64Array;
}

export interface ActivationCase {
  readonly channels: number;
  /** [pixels, channels]. */
  readonly x: Tensor64;
  readonly layer: ActivationLayer;
}

/** A seeded example. No y is so close to 0 that roundings of float32 decide whether its gradient passes. */
export function activationCase({ pixels, channels, relu, keep, store }: CaseOptions): ActivationCase {
  const parameter = (which: number): Tensor64 =>
    tensor64([channels], store(randomTensor([channels], which).data.map((value, c) => (isPadding(c, channels) ? 0 : value))));
  const [gamma, beta] = [parameter(11), parameter(12)];
  const values = randomTensor([pixels, channels], 1).data.map((value, i) => {
    const c = i % channels;
    return isPadding(c, channels) ? 0 : (value + 0.5) * (1 + (c % 5));
  });
  const { x, moments } = awayFromGates(tensor64([pixels, channels], store(values)), gamma, beta, store);
  return { channels, x, layer: { moments, gamma, beta, relu, dropout: keep === null ? null : maskOf(x.data.length, keep) } };
}

/** [4][channels]: mean, 1 / deviation, scale, beta. */
export function coefficientsOf({ moments, gamma, beta }: ActivationLayer): Float32Array {
  const inverse = moments.variance.data.map((value) => 1 / Math.sqrt(value + BATCH_NORM_EPSILON));
  const scale = gamma.data.map((value, c) => value * inverse[c]!);
  return Float32Array.from([...moments.mean.data, ...inverse, ...scale, ...beta.data]);
}

function isPadding(channel: number, channels: number): boolean {
  return channels > 4 && channel >= channels - 4;
}

/** Moves values whose y is almost 0, which moves the moments a little, until there are none. */
function awayFromGates(
  x: Tensor64,
  gamma: Tensor64,
  beta: Tensor64,
  store: CaseOptions["store"],
): { readonly x: Tensor64; readonly moments: Moments } {
  const moments = momentsOf(x);
  const channels = gamma.data.length;
  const y = batchNorm(x, moments, gamma, beta).data;
  const isNear = (value: number, i: number): boolean => Math.abs(value) < 1e-5 && !isPadding(i % channels, channels);
  if (!y.some(isNear)) return { x, moments };
  const moved = x.data.map((value, i) => (isNear(y[i]!, i) ? value + 0.1 : value));
  return awayFromGates({ shape: x.shape, data: store(moved) }, gamma, beta, store);
}

function maskOf(count: number, keep: number): NonNullable<ActivationLayer["dropout"]> {
  const stream = randomStream(CASE_DROPOUT.seed, "dropout");
  const layer = hashName(CASE_DROPOUT.name);
  const mask = new Uint8Array(count);
  for (let i = 0; i < count; i += 4) {
    const words = stream.words(i / 4, CASE_DROPOUT.step, layer);
    words.forEach((word, lane) => {
      mask[i + lane] = uniformOf(word) < keep ? 1 : 0;
    });
  }
  return { mask, keep };
}
