import { ShapeError } from "../base/errors";
import { at, type Matrix, matrix } from "../base/matrix";
import { mergeIndices } from "../model/grouping";
import { weightedLayers } from "../model/lookup";
import type { ModelSpec } from "../model/spec";

/**
 * The three penalties of SplitNet as values, in float64. Kim et al. 2017, equations 3 to 6, with the normalisations of the published
 * code (utils.py:146-230). Assignments are [groups, members]; the paper's alpha and beta are our logits.
 */

/** p[g, i] = exp(logits[g, i]) / sum over h of exp(logits[h, i]) (equation 3): every column sums to 1. */
export function softmaxGroups(logits: Matrix): Matrix {
  const p = matrix(logits.rows, logits.columns);
  for (let member = 0; member < logits.columns; member++) {
    const values = Array.from({ length: logits.rows }, (_, group) => at(logits, group, member));
    const largest = Math.max(...values);
    const powers = values.map((value) => Math.exp(value - largest));
    const sum = powers.reduce((total, power) => total + power, 0);
    powers.forEach((power, group) => {
      p.data[group * p.columns + member] = power / sum;
    });
  }
  return p;
}

/** The assignment to `groups` supergroups: a supergroup's share is the sum of its subgroups' shares. */
export function mergeAssignment(p: Matrix, groups: number): Matrix {
  if (groups > p.rows) {
    throw new ShapeError(`cannot merge ${p.rows} groups into ${groups}`, "A deeper level needs at least as many groups.");
  }
  const merged = matrix(groups, p.columns);
  mergeIndices(p.rows, groups).forEach((supergroup, group) => {
    for (let member = 0; member < p.columns; member++) {
      const index = supergroup * p.columns + member;
      merged.data[index] = merged.data[index]! + at(p, group, member);
    }
  });
  return merged;
}

/** T(p) = sum over g > h of p_g . p_h / (D (G - 1) / (2 G)), equation 5: 1 for even shares, 0 for hard groups. */
export function overlapPenalty(p: Matrix): number {
  let sum = 0;
  for (let group = 1; group < p.rows; group++) {
    for (let other = 0; other < group; other++) {
      for (let member = 0; member < p.columns; member++) sum += at(p, group, member) * at(p, other, member);
    }
  }
  return sum / ((p.columns * (p.rows - 1)) / (2 * p.rows));
}

/** U(p) = sum over g of (sum over i of p_gi)^2 / (D^2 / G), equation 6: 1 for groups of equal size, G when all share one group. */
export function uniformPenalty(p: Matrix): number {
  let sum = 0;
  for (let group = 0; group < p.rows; group++) {
    let size = 0;
    for (let member = 0; member < p.columns; member++) size += at(p, group, member);
    sum += size * size;
  }
  return sum / ((p.columns * p.columns) / p.rows);
}

/** M[i, j]: mean of w^2 over all axes but the last two; w is [k, k, in, out] or [in, out], row-major. */
export function meanSquareWeights(shape: readonly number[], w: ArrayLike<number>): Matrix {
  const m = matrix(shape.at(-2)!, shape.at(-1)!);
  const taps = w.length / m.data.length;
  for (let i = 0; i < w.length; i++) m.data[i % m.data.length] = m.data[i % m.data.length]! + (w[i]! * w[i]!) / taps;
  return m;
}

/** Deviation of a fresh weight, which normalises its split penalty: 1 / sqrt(k k in), or 1 / sqrt(in). */
export function initialDeviation(shape: readonly number[]): number {
  return 1 / Math.sqrt(shape.slice(0, -1).reduce((product, extent) => product * extent, 1));
}

export interface WeightSplitScale {
  /** Initial deviation of the weight. */
  readonly sigma: number;
  /** Added under the square roots; 0 as published. */
  readonly epsilon: number;
}

/**
 * S(W) = sum over g of (row_g + col_g) / (2 (G - 1) sigma / G), equation 4: about 1 for fresh weights with even shares, 0 when W is
 * block diagonal in hard groups. `meanSquare` is M [in, out], p is [G, in], q is [G, out];
 * row_g = sum over i of sqrt((1 - p_gi)^2 sum over j of M_ij q_gj^2 + epsilon) / (in sqrt(out)),
 * col_g = sum over j of sqrt((1 - q_gj)^2 sum over i of M_ij p_gi^2 + epsilon) / (out sqrt(in)).
 */
export function weightSplitPenalty(meanSquare: Matrix, p: Matrix, q: Matrix, scale: WeightSplitScale): number {
  const { rows: inputs, columns: outputs } = meanSquare;
  let [rowNorms, columnNorms] = [0, 0];
  for (let group = 0; group < p.rows; group++) {
    for (let i = 0; i < inputs; i++) {
      let mass = 0;
      for (let j = 0; j < outputs; j++) mass += at(meanSquare, i, j) * at(q, group, j) ** 2;
      rowNorms += Math.sqrt((1 - at(p, group, i)) ** 2 * mass + scale.epsilon);
    }
    for (let j = 0; j < outputs; j++) {
      let mass = 0;
      for (let i = 0; i < inputs; i++) mass += at(meanSquare, i, j) * at(p, group, i) ** 2;
      columnNorms += Math.sqrt((1 - at(q, group, j)) ** 2 * mass + scale.epsilon);
    }
  }
  const norms = rowNorms / (inputs * Math.sqrt(outputs)) + columnNorms / (outputs * Math.sqrt(inputs));
  return norms / ((2 * (p.rows - 1) * scale.sigma) / p.rows);
}

/** The three penalties of a network, before their factors. */
export interface Penalties {
  readonly overlap: number;
  readonly weightSplit: number;
  readonly uniform: number;
}

/** Spaces whose overlap and uniform penalties form one entry, for every layer that introduces any (resnet.py:179-204). */
export function penaltyEntries(spec: ModelSpec): (readonly string[])[] {
  return weightedLayers(spec).flatMap((layer) => (layer.introduces.length > 0 ? [layer.introduces] : []));
}

/**
 * Overlap and uniform: mean over entries of the mean over an entry's spaces, from un-merged assignments by space. Weight split: mean
 * over layers, or, if `weighted`, sum sg(S) S / sum sg(S), where sg stops the gradient. No entry, no layer: zero.
 */
export function combinePenalties(
  spec: ModelSpec,
  assignments: ReadonlyMap<string, Matrix>,
  weightSplits: readonly number[],
  weighted: boolean,
): Penalties {
  const entries = penaltyEntries(spec);
  const spread = (penalty: (p: Matrix) => number): number =>
    mean(entries.map((spaces) => mean(spaces.map((space) => penalty(assignmentOf(assignments, space))))));
  const weight = weightSplits.reduce((sum, value) => sum + value, 0);
  const squares = weightSplits.reduce((sum, value) => sum + value * value, 0);
  return {
    overlap: spread(overlapPenalty),
    uniform: spread(uniformPenalty),
    weightSplit: weighted && weight > 0 ? squares / weight : mean(weightSplits),
  };
}

function assignmentOf(assignments: ReadonlyMap<string, Matrix>, space: string): Matrix {
  const p = assignments.get(space);
  if (p === undefined) throw new ShapeError(`no assignment of ${space}`, "The assignments belong to another network.");
  return p;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
