import type { Tensor64 } from "./tensor64";

/** y = x mask / keep; `mask` holds 0 or 1 an element. Linear, so that dx is the same function of dy. */
export function dropout(x: Tensor64, mask: ArrayLike<number>, keep: number): Tensor64 {
  return { shape: x.shape, data: x.data.map((value, i) => (mask[i] === 0 ? 0 : value / keep)) };
}

/** dx = dy mask / keep. */
export function dropoutGradient(dy: Tensor64, mask: ArrayLike<number>, keep: number): Tensor64 {
  return dropout(dy, mask, keep);
}
