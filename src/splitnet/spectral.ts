import { at, type Matrix, matrix } from "../base/matrix";
import { columnOf, type Eigen, symmetricEigen } from "../base/symmetric-eigen";

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

/** Affinities between some members alone. */
export function affinityAmong(affinity: Matrix, members: readonly number[]): Matrix {
  return matrix(
    members.length,
    members.length,
    members.flatMap((row) => members.map((column) => at(affinity, row, column))),
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
