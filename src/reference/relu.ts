import type { Tensor64 } from "./tensor64";

/** max(x, 0). */
export function relu(x: Tensor64): Tensor64 {
  return { shape: x.shape, data: x.data.map((value) => Math.max(value, 0)) };
}

/** dx = dy where x > 0; the gradient at exactly 0 is 0. */
export function reluGradient(dy: Tensor64, x: Tensor64): Tensor64 {
  return { shape: x.shape, data: dy.data.map((value, i) => (x.data[i]! > 0 ? value : 0)) };
}
