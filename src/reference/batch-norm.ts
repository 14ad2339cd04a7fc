import { BATCH_NORM_DECAY, BATCH_NORM_EPSILON } from "../model/spec";
import { type Tensor64, tensor64 } from "./tensor64";

/** Mean and biased variance of every channel over all other axes. */
export interface Moments {
  readonly mean: Tensor64;
  readonly variance: Tensor64;
}

/** Moments of x [..., channels]: variance = mean of squared deviations. */
export function momentsOf(x: Tensor64): Moments {
  const channels = x.shape.at(-1)!;
  const rows = x.data.length / channels;
  const mean = tensor64([channels]);
  const variance = tensor64([channels]);
  for (let i = 0; i < x.data.length; i++) mean.data[i % channels] = mean.data[i % channels]! + x.data[i]! / rows;
  for (let i = 0; i < x.data.length; i++) {
    const deviation = x.data[i]! - mean.data[i % channels]!;
    variance.data[i % channels] = variance.data[i % channels]! + (deviation * deviation) / rows;
  }
  return { mean, variance };
}

/** y = gamma (x - mean) / sqrt(variance + epsilon) + beta, with whatever moments are given: a batch's, or the running ones. */
export function batchNorm(x: Tensor64, moments: Moments, gamma: Tensor64, beta: Tensor64): Tensor64 {
  const channels = x.shape.at(-1)!;
  const scale = gamma.data.map((value, c) => value / Math.sqrt(moments.variance.data[c]! + BATCH_NORM_EPSILON));
  return {
    shape: x.shape,
    data: x.data.map((value, i) => {
      const c = i % channels;
      return (value - moments.mean.data[c]!) * scale[c]! + beta.data[c]!;
    }),
  };
}

export interface BatchNormGradients {
  readonly x: Tensor64;
  readonly gamma: Tensor64;
  readonly beta: Tensor64;
}

/**
 * Gradients in training mode, through the batch's own moments (Ioffe and Szegedy 2015, section 3):
 * dx = gamma / deviation (dy - mean(dy) - normalised mean(dy normalised)).
 */
export function batchNormGradients(dy: Tensor64, x: Tensor64, moments: Moments, gamma: Tensor64): BatchNormGradients {
  const channels = x.shape.at(-1)!;
  const rows = x.data.length / channels;
  const inverse = moments.variance.data.map((value) => 1 / Math.sqrt(value + BATCH_NORM_EPSILON));
  const normalised = x.data.map((value, i) => (value - moments.mean.data[i % channels]!) * inverse[i % channels]!);
  const dGamma = tensor64([channels]);
  const dBeta = tensor64([channels]);
  for (let i = 0; i < dy.data.length; i++) {
    const c = i % channels;
    dGamma.data[c] = dGamma.data[c]! + dy.data[i]! * normalised[i]!;
    dBeta.data[c] = dBeta.data[c]! + dy.data[i]!;
  }
  const dx = dy.data.map((value, i) => {
    const c = i % channels;
    return gamma.data[c]! * inverse[c]! * (value - dBeta.data[c]! / rows - (normalised[i]! * dGamma.data[c]!) / rows);
  });
  return { x: { shape: x.shape, data: dx }, gamma: dGamma, beta: dBeta };
}

/** running = decay running + (1 - decay) batch. */
export function updateRunning(running: Tensor64, batch: Tensor64): Tensor64 {
  return {
    shape: running.shape,
    data: running.data.map((value, c) => BATCH_NORM_DECAY * value + (1 - BATCH_NORM_DECAY) * batch.data[c]!),
  };
}
