import type { ExportNetwork } from "../../src/export/portable";
import { runNetwork } from "../../src/reference/network";
import { tensor64, widen } from "../../src/reference/tensor64";

/** Float64 logits of whitened images [count, 32, 32, 3], row by row in class order. */
export function oracleLogits({ spec, parameters, statistics, classOrder }: ExportNetwork, pixels: Float32Array): number[] {
  const count = pixels.length / 3072;
  const state = { parameters: widen(parameters), statistics: widen(statistics) };
  const { logits } = runNetwork(spec, state, tensor64([count, 32, 32, 3], pixels), { kind: "inference" });
  const positions = classOrder.map((_, label) => classOrder.indexOf(label));
  return columns([...logits.data], classOrder.length, positions);
}

/** These columns, in this order, of rows of `width`. */
export function columns(values: readonly number[], width: number, chosen: readonly number[]): number[] {
  return Array.from({ length: values.length / width }, (_, row) => chosen.map((column) => values[row * width + column]!)).flat();
}

/** Largest difference of two lists of logits, of the largest logit expected. */
export function largestDifference(actual: ArrayLike<number>, expected: readonly number[]): number {
  if (actual.length !== expected.length) throw new Error(`${actual.length} logits instead of ${expected.length}`);
  const largest = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((value, index) => Math.abs(actual[index]! - value))) / largest;
}
