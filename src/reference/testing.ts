import { normals, randomStream } from "../base/random";
import { sizeOf } from "../base/tensor";
import { type Tensor64, tensor64 } from "./tensor64";

/** Seeded values of N(0, 1): `which` separates the arrays of one test. */
export function randomTensor(shape: readonly number[], which: number): Tensor64 {
  return tensor64(shape, normals(randomStream(7, "sample"), sizeOf(shape), 1, which));
}

/** Largest |actual - expected| relative to the largest |expected|, or to 1 where that is smaller. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let [worst, scale] = [0, 1];
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!);
    if (Number.isNaN(difference)) return Number.POSITIVE_INFINITY;
    worst = Math.max(worst, difference);
    scale = Math.max(scale, Math.abs(expected[i]!));
  }
  return worst / scale;
}
