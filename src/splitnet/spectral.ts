import { at, type Matrix, matrix } from "../base/matrix";
import { columnOf, type Eigen, symmetricEigen } from "../base/symmetric-eigen";
import { membersOf } from "./partition";

/**
 * Share of the mean affinity that every pair gets on top of its own: it joins what falls apart, so that the first eigenvector is unique and the
 * second tells the parts (Amini and others 2013, regularised spectral clustering).
 */
const JOINING_SHARE = 0.01;

/**
 * Eigenvectors of D^-1/2 A D^-1/2, A being the affinities, symmetric and not negative, and D their row sums: those of the normalised Laplacian
 * I - D^-1/2 A D^-1/2 in the opposite order (Shi and Malik 2000; Ng, Jordan and Weiss 2001). Values ascend, so the last are the informative ones.
 */
export function normalizedEigen(affinity: Matrix): Eigen {
  const joined = withEveryPair(affinity);
  const n = joined.rows;
  const roots = degreesOf(joined).map((degree) => (degree > 0 ? 1 / Math.sqrt(degree) : 0));
  const normalized = matrix(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) normalized.data[i * n + j] = at(joined, i, j) * (roots[i]! * roots[j]!);
  }
  return symmetricEigen(normalized);
}

/**
 * A place on a line for every member, so that those of high affinity are near each other: the second eigenvector of the normalised Laplacian
 * over the root of the degree, which relaxes the normalised cut (Shi and Malik 2000, equation 13). All at 0 for fewer than two members.
 */
export function spectralLine(affinity: Matrix): number[] {
  const n = affinity.rows;
  if (n < 2) return new Array<number>(n).fill(0);
  const second = columnOf(normalizedEigen(affinity).vectors, n - 2);
  const degrees = degreesOf(withEveryPair(affinity));
  return second.map((value, member) => (degrees[member]! > 0 ? value / Math.sqrt(degrees[member]!) : 0));
}

/** Members in the order of their places, ties by index. */
export function orderedBy(places: readonly number[]): number[] {
  return places.map((_, member) => member).sort((a, b) => places[a]! - places[b]! || a - b);
}

/** Rows of the `groups` leading eigenvectors, each of length 1 (Ng, Jordan and Weiss 2001): members of one cluster are near each other. */
export function spectralRows(affinity: Matrix, groups: number): Matrix {
  const { vectors } = normalizedEigen(affinity);
  const n = affinity.rows;
  const rows = matrix(n, groups);
  for (let member = 0; member < n; member++) {
    const row = Array.from({ length: groups }, (_, index) => at(vectors, member, n - 1 - index));
    const length = Math.hypot(...row) || 1;
    row.forEach((value, index) => {
      rows.data[member * groups + index] = value / length;
    });
  }
  return rows;
}

/** The same groups, numbered along the spectral line of the mean affinities between them: contiguous runs of them are alike. */
export function numberedAlongLine(groupOf: readonly number[], groups: number, affinity: Matrix): number[] {
  const members = membersOf({ groups, groupOf });
  const between = matrix(
    groups,
    groups,
    members.flatMap((a) => members.map((b) => meanAffinity(affinity, a, b))),
  );
  const order = orderedBy(spectralLine(symmetric(between)));
  return groupOf.map((group) => order.indexOf(group));
}

function meanAffinity(affinity: Matrix, a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (const i of a) for (const j of b) sum += at(affinity, i, j);
  return sum / (a.length * b.length);
}

/** Sums of the same numbers in another order differ in their last bits. */
function symmetric(m: Matrix): Matrix {
  const n = m.rows;
  return matrix(
    n,
    n,
    m.data.map((value, index) => (value + m.data[(index % n) * n + Math.floor(index / n)]!) / 2),
  );
}

function withEveryPair(affinity: Matrix): Matrix {
  const n = affinity.rows;
  const mean = affinity.data.reduce((sum, value) => sum + value, 0) / (n * n);
  return matrix(
    n,
    n,
    affinity.data.map((value) => value + JOINING_SHARE * mean),
  );
}

function degreesOf(affinity: Matrix): number[] {
  return Array.from({ length: affinity.rows }, (_, row) => {
    let degree = 0;
    for (let column = 0; column < affinity.columns; column++) degree += at(affinity, row, column);
    return degree;
  });
}
