import {
  add,
  batchNorm4d,
  customGrad,
  div,
  mean,
  mul,
  rsqrt,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
} from "@tensorflow/tfjs-core";
import { BATCH_NORM_EPSILON } from "../../model/spec";

/** Hands tensors of the forward pass to the gradient function. */
type GradSaver = (tensors: Tensor[]) => void;

/** Moments of one batch per channel: [C] each, biased variance. */
export interface Moments {
  readonly mean: Tensor1D;
  readonly variance: Tensor1D;
}

const PIXELS = [0, 1, 2];

/** Mean and biased variance over N, H, W of x [N, H, W, C]. */
export function batchMoments(x: Tensor4D): Moments {
  const average = mean<Tensor1D>(x, PIXELS);
  return { mean: average, variance: mean<Tensor1D>(square(sub(x, average)), PIXELS) };
}

/**
 * Batch normalisation with the batch's own moments, gradients through the moments included (Ioffe and Szegedy 2015).
 * dx = gamma / sigma (dy - mean(dy) - xhat mean(dy xhat)); x and dy are [N, H, W, C], the rest [C].
 */
export function normalizeWithBatch(x: Tensor4D, moments: Moments, beta: Tensor1D, gamma: Tensor1D): Tensor4D {
  const operation = customGrad((...inputs: (Tensor | GradSaver)[]) => {
    const [input, shift, scale, save] = inputs as [Tensor4D, Tensor1D, Tensor1D, GradSaver];
    const value = batchNorm4d(input, moments.mean, moments.variance, shift, scale, BATCH_NORM_EPSILON);
    save([input, scale, moments.mean, moments.variance]);
    return { value, gradFunc: batchNormGradient };
  });
  return operation(x, beta, gamma) as Tensor4D;
}

function batchNormGradient(dy: Tensor, saved: Tensor[]): Tensor[] {
  const [x, gamma, average, variance] = saved as [Tensor4D, Tensor1D, Tensor1D, Tensor1D];
  const pixels = x.shape[0] * x.shape[1] * x.shape[2];
  const inverse = rsqrt(add(variance, BATCH_NORM_EPSILON));
  const normalized = mul(sub(x, average), inverse);
  const dBeta = sum(dy, PIXELS);
  const dGamma = sum(mul(dy, normalized), PIXELS);
  const centred = sub(sub(dy, div(dBeta, pixels)), mul(normalized, div(dGamma, pixels)));
  return [mul(centred, mul(gamma, inverse)), dBeta, dGamma];
}

/** Batch normalisation with running statistics. */
export function normalizeWithRunning(x: Tensor4D, mu: Tensor1D, sigma: Tensor1D, beta: Tensor1D, gamma: Tensor1D): Tensor4D {
  return batchNorm4d(x, mu, sigma, beta, gamma, BATCH_NORM_EPSILON);
}
