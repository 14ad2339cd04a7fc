import { ShapeError } from "./errors";
import { at, type Matrix, matrix } from "./matrix";

/** Eigenvalues, ascending, and the eigenvector of each as a column of `vectors`, of length 1. */
export interface Eigen {
  readonly values: readonly number[];
  readonly vectors: Matrix;
}

/** Sweeps converge quadratically; more than some ten have never been needed. */
const MOST_SWEEPS = 60;

/**
 * Eigenvalues and eigenvectors of a symmetric matrix by cyclic Jacobi rotations (Golub and Van Loan, Matrix Computations, 8.5): some 30 n^3
 * operations, for matrices of some hundred rows. Equal input gives equal output, signs included: of each vector the first of its largest
 * components is positive. Throws ShapeError for what is not square, not symmetric or not finite.
 */
export function symmetricEigen(m: Matrix): Eigen {
  checkSymmetric(m);
  const a = matrix(m.rows, m.rows, m.data);
  const v = matrix(m.rows, m.rows);
  for (let i = 0; i < m.rows; i++) v.data[i * m.rows + i] = 1;
  for (let sweep = 0; sweep < MOST_SWEEPS && !isDiagonal(a); sweep++) rotateAll(a, v);
  return sortedEigen(a, v);
}

function checkSymmetric(m: Matrix): void {
  let symmetric = m.rows === m.columns && m.data.every(Number.isFinite);
  for (let i = 0; symmetric && i < m.rows; i++) {
    for (let j = 0; j < i; j++) symmetric &&= at(m, i, j) === at(m, j, i);
  }
  if (!symmetric) {
    throw new ShapeError(`a ${m.rows} x ${m.columns} matrix is not symmetric and finite`, "Check the values of the input.");
  }
}

/** Whether rotating on would change nothing: what is off the diagonal is below the rounding of the whole. */
function isDiagonal(a: Matrix): boolean {
  let [off, all] = [0, 0];
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < a.rows; j++) {
      const square = at(a, i, j) ** 2;
      all += square;
      if (i !== j) off += square;
    }
  }
  return off <= Number.EPSILON ** 2 * all;
}

function rotateAll(a: Matrix, v: Matrix): void {
  for (let p = 0; p < a.rows - 1; p++) {
    for (let q = p + 1; q < a.rows; q++) rotate(a, v, p, q);
  }
}

/** Makes a[p, q] zero: a = J' a J, v = v J, with the smaller of the two angles. */
function rotate(a: Matrix, v: Matrix, p: number, q: number): void {
  const off = at(a, p, q);
  if (off === 0) return;
  const tau = (at(a, q, q) - at(a, p, p)) / (2 * off);
  const tangent = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.hypot(1, tau));
  const cosine = 1 / Math.hypot(1, tangent);
  const sine = tangent * cosine;
  const n = a.rows;
  for (let k = 0; k < n; k++) turn(a.data, k * n + p, k * n + q, cosine, sine);
  for (let k = 0; k < n; k++) turn(a.data, p * n + k, q * n + k, cosine, sine);
  a.data[p * n + q] = 0;
  a.data[q * n + p] = 0;
  for (let k = 0; k < n; k++) turn(v.data, k * n + p, k * n + q, cosine, sine);
}

function turn(data: Float64Array, first: number, second: number, cosine: number, sine: number): void {
  const x = data[first]!;
  const y = data[second]!;
  data[first] = cosine * x - sine * y;
  data[second] = sine * x + cosine * y;
}

function sortedEigen(a: Matrix, v: Matrix): Eigen {
  const n = a.rows;
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => at(a, i, i) - at(a, j, j) || i - j);
  const vectors = matrix(n, n);
  order.forEach((source, column) => {
    const sign = signOf(v, source);
    for (let row = 0; row < n; row++) vectors.data[row * n + column] = sign * at(v, row, source);
  });
  return { values: order.map((i) => at(a, i, i)), vectors };
}

function signOf(v: Matrix, column: number): number {
  let largest = 0;
  for (let row = 1; row < v.rows; row++) {
    if (Math.abs(at(v, row, column)) > Math.abs(at(v, largest, column))) largest = row;
  }
  return at(v, largest, column) < 0 ? -1 : 1;
}

/** Column of a matrix as a list. */
export function columnOf(m: Matrix, column: number): number[] {
  return Array.from({ length: m.rows }, (_, row) => at(m, row, column));
}
