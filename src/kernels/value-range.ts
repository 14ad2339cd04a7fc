import type { BufferView } from "./device-memory";
import type { Operand, Recorder } from "./recorder";
import source from "./value-range.wgsl?raw";

/** How large values are, measured for tests; "subnormal" and "lost" are below half precision's least normal number and its least of all. */
export interface ValueRange {
  readonly largest: number;
  /** Values other than 0. */
  readonly count: number;
  readonly subnormal: number;
  readonly lost: number;
  readonly squares: number;
  readonly subnormalSquares: number;
  readonly lostSquares: number;
}

/** Bytes of the result. */
export const VALUE_RANGE_BYTES = 32;

/** Measures `count` stored activations. One dispatch. */
export function recordValueRange(
  recorder: Recorder,
  { label, values, count, result }: { label: string; values: Operand; count: number; result: BufferView },
): void {
  recorder.dispatch({
    label: `value-range ${label}`,
    kernel: { source, constants: { LANES: "64u", COUNT: `${count / 4}u` } },
    operands: [values, result],
    workgroups: [1, 1, 1],
  });
}

/** The result as `recordValueRange` left it. */
export function valueRangeOf(bytes: ArrayBuffer): ValueRange {
  const [largest = 0, count = 0, subnormal = 0, lost = 0, squares = 0, subnormalSquares = 0, lostSquares = 0] = new Float32Array(
    bytes,
  );
  return { largest, count, subnormal, lost, squares, subnormalSquares, lostSquares };
}
