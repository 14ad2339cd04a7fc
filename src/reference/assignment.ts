import { type Matrix, matrix } from "../base/matrix";

/** p[g, i] = exp(logits[g, i]) / sum over h of exp(logits[h, i]): every column sums to 1. Both are [groups, members]. */
export function assignmentOf(logits: Matrix): Matrix {
  const p = matrix(logits.rows, logits.columns);
  for (let i = 0; i < logits.columns; i++) {
    let largest = Number.NEGATIVE_INFINITY;
    for (let g = 0; g < logits.rows; g++) largest = Math.max(largest, logits.data[g * logits.columns + i]!);
    let sum = 0;
    for (let g = 0; g < logits.rows; g++) {
      const power = Math.exp(logits.data[g * logits.columns + i]! - largest);
      p.data[g * logits.columns + i] = power;
      sum += power;
    }
    for (let g = 0; g < logits.rows; g++) p.data[g * logits.columns + i] = p.data[g * logits.columns + i]! / sum;
  }
  return p;
}

/** dlogits[g, i] = p[g, i] (dp[g, i] - sum over h of p[h, i] dp[h, i]). */
export function assignmentGradient(dp: Matrix, p: Matrix): Matrix {
  const gradient = matrix(p.rows, p.columns);
  for (let i = 0; i < p.columns; i++) {
    let mean = 0;
    for (let g = 0; g < p.rows; g++) mean += p.data[g * p.columns + i]! * dp.data[g * p.columns + i]!;
    for (let g = 0; g < p.rows; g++) {
      const at = g * p.columns + i;
      gradient.data[at] = p.data[at]! * (dp.data[at]! - mean);
    }
  }
  return gradient;
}

/** Rows of `p` summed into `groups` supergroups; `supergroupOf[g]` is the supergroup of row g. */
export function mergeRows(p: Matrix, supergroupOf: readonly number[], groups: number): Matrix {
  const merged = matrix(groups, p.columns);
  supergroupOf.forEach((supergroup, g) => {
    for (let i = 0; i < p.columns; i++) {
      const at = supergroup * p.columns + i;
      merged.data[at] = merged.data[at]! + p.data[g * p.columns + i]!;
    }
  });
  return merged;
}

/** Gradient of `mergeRows`: every row gets its supergroup's gradient. */
export function mergeRowsGradient(dMerged: Matrix, supergroupOf: readonly number[]): Matrix {
  const dp = matrix(supergroupOf.length, dMerged.columns);
  supergroupOf.forEach((supergroup, g) => {
    const row = dMerged.data.subarray(supergroup * dMerged.columns, (supergroup + 1) * dMerged.columns);
    dp.data.set(row, g * dMerged.columns);
  });
  return dp;
}
