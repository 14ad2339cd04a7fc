import { type Matrix, matrix } from "../base/matrix";

/** U(p) = sum over g of (sum over i of p[g, i])^2 / (D^2 / G) for p [G, D] (published code, utils.py:173). */
export function uniform(p: Matrix): number {
  return rowSums(p).reduce((sum, size) => sum + size * size, 0) / ((p.columns * p.columns) / p.rows);
}

/** dU/dp[g, i] = 2 (sum over j of p[g, j]) / (D^2 / G), times `factor`. */
export function uniformGradient(p: Matrix, factor: number): Matrix {
  const sizes = rowSums(p);
  const gradient = matrix(p.rows, p.columns);
  for (let at = 0; at < gradient.data.length; at++) {
    gradient.data[at] = (factor * 2 * sizes[Math.floor(at / p.columns)]!) / ((p.columns * p.columns) / p.rows);
  }
  return gradient;
}

function rowSums(p: Matrix): number[] {
  const sums = new Array<number>(p.rows).fill(0);
  for (let at = 0; at < p.data.length; at++) {
    const g = Math.floor(at / p.columns);
    sums[g] = sums[g]! + p.data[at]!;
  }
  return sums;
}
