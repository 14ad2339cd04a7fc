import type { Tensor64 } from "./tensor64";

/** One half of the squared norm. Its gradient is w itself. */
export function halfSquaredNorm(w: Tensor64): number {
  let sum = 0;
  for (const value of w.data) sum += value * value;
  return sum / 2;
}

/** dw = factor w. */
export function halfSquaredNormGradient(w: Tensor64, factor: number): Tensor64 {
  return { shape: w.shape, data: w.data.map((value) => factor * value) };
}
