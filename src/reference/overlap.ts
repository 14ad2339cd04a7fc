import { type Matrix, matrix } from "../base/matrix";

/**
 * T(p) = sum over g > h of p_g . p_h / (D (G - 1) / (2 G)) for p [G, D] whose columns sum to 1 (published code, utils.py:172).
 * Written as (|column sum|^2 - sum of squares) / 2 per column, without a loop over pairs.
 */
export function overlap(p: Matrix): number {
  let sum = 0;
  for (let i = 0; i < p.columns; i++) {
    let [total, squares] = [0, 0];
    for (let g = 0; g < p.rows; g++) {
      const value = p.data[g * p.columns + i]!;
      total += value;
      squares += value * value;
    }
    sum += (total * total - squares) / 2;
  }
  return sum / normaliser(p);
}

/** dT/dp[g, i] = (sum over h other than g of p[h, i]) / (D (G - 1) / (2 G)), times `factor`. */
export function overlapGradient(p: Matrix, factor: number): Matrix {
  const gradient = matrix(p.rows, p.columns);
  for (let i = 0; i < p.columns; i++) {
    let total = 0;
    for (let g = 0; g < p.rows; g++) total += p.data[g * p.columns + i]!;
    for (let g = 0; g < p.rows; g++) {
      const at = g * p.columns + i;
      gradient.data[at] = (factor * (total - p.data[at]!)) / normaliser(p);
    }
  }
  return gradient;
}

function normaliser(p: Matrix): number {
  return (p.columns * (p.rows - 1)) / (2 * p.rows);
}
