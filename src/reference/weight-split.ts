import { type Matrix, matrix } from "../base/matrix";
import { type Tensor64, tensor64 } from "./tensor64";

export interface WeightSplitGradients {
  readonly weight: Tensor64;
  readonly p: Matrix;
  readonly q: Matrix;
}

/**
 * S(W) = sum over g of (row_g + col_g) / (2 (G - 1) sigma / G) for a weight [..., in, out] (published code, utils.py:208-221):
 * row_g = sum over i of sqrt(sum over j of M_ij q_gj^2 (1 - p_gi)^2 + epsilon) / (in sqrt(out)), col_g the same with sides exchanged,
 * M the mean of W^2 over all other axes, sigma = 1 / sqrt(fan in) the initial deviation. p is [G, in], q is [G, out].
 */
export function weightSplit(weight: Tensor64, p: Matrix, q: Matrix, epsilon: number): number {
  const m = meanSquare(weight);
  const factor = factorOf(weight, p.rows);
  const rows = half(m, p, q, epsilon) / (p.columns * Math.sqrt(q.columns));
  const columns = half(transposed(m), q, p, epsilon) / (q.columns * Math.sqrt(p.columns));
  return factor * (rows + columns);
}

/** Gradients of `factor` S(W) with respect to W, p and q. */
export function weightSplitGradients(
  weight: Tensor64,
  p: Matrix,
  q: Matrix,
  epsilon: number,
  factor: number,
): WeightSplitGradients {
  const m = meanSquare(weight);
  const scale = factor * factorOf(weight, p.rows);
  const rows = halfGradients(m, p, q, epsilon, scale / (p.columns * Math.sqrt(q.columns)));
  const columns = halfGradients(transposed(m), q, p, epsilon, scale / (q.columns * Math.sqrt(p.columns)));
  const dm = sum(rows.m, transposed(columns.m));
  const taps = weight.data.length / dm.data.length;
  const dw = tensor64(weight.shape);
  for (let i = 0; i < dw.data.length; i++) dw.data[i] = (2 * weight.data[i]! * dm.data[i % dm.data.length]!) / taps;
  return { weight: dw, p: sum(rows.masked, columns.kept), q: sum(rows.kept, columns.masked) };
}

/** Sum over groups g and rows i of sqrt((1 - masked_gi)^2 sum over j of m_ij kept_gj^2 + epsilon). */
function half(m: Matrix, masked: Matrix, kept: Matrix, epsilon: number): number {
  let total = 0;
  for (let g = 0; g < masked.rows; g++) {
    for (let i = 0; i < m.rows; i++) {
      const outside = 1 - masked.data[g * m.rows + i]!;
      total += Math.sqrt(outside * outside * keptMass(m, kept, g, i) + epsilon);
    }
  }
  return total;
}

function halfGradients(m: Matrix, masked: Matrix, kept: Matrix, epsilon: number, factor: number) {
  const gradients = {
    m: matrix(m.rows, m.columns),
    masked: matrix(masked.rows, masked.columns),
    kept: matrix(kept.rows, kept.columns),
  };
  for (let g = 0; g < masked.rows; g++) {
    for (let i = 0; i < m.rows; i++) {
      const outside = 1 - masked.data[g * m.rows + i]!;
      const mass = keptMass(m, kept, g, i);
      // d sqrt(a) = da / (2 sqrt(a))
      const slope = factor / (2 * Math.sqrt(outside * outside * mass + epsilon));
      gradients.masked.data[g * m.rows + i] = -2 * slope * outside * mass;
      for (let j = 0; j < m.columns; j++) {
        const [at, side] = [i * m.columns + j, g * m.columns + j];
        const share = kept.data[side]!;
        gradients.m.data[at] = gradients.m.data[at]! + slope * outside * outside * share * share;
        gradients.kept.data[side] = gradients.kept.data[side]! + 2 * slope * outside * outside * m.data[at]! * share;
      }
    }
  }
  return gradients;
}

/** sum over j of m_ij kept_gj^2. */
function keptMass(m: Matrix, kept: Matrix, g: number, i: number): number {
  let total = 0;
  for (let j = 0; j < m.columns; j++) {
    const share = kept.data[g * m.columns + j]!;
    total += m.data[i * m.columns + j]! * share * share;
  }
  return total;
}

function meanSquare(weight: Tensor64): Matrix {
  const m = matrix(weight.shape.at(-2)!, weight.shape.at(-1)!);
  const taps = weight.data.length / m.data.length;
  for (let i = 0; i < weight.data.length; i++) {
    const at = i % m.data.length;
    m.data[at] = m.data[at]! + (weight.data[i]! * weight.data[i]!) / taps;
  }
  return m;
}

/** 1 / (2 (G - 1) sigma / G) with sigma = 1 / sqrt(fan in). */
function factorOf(weight: Tensor64, groups: number): number {
  const fanIn = weight.data.length / weight.shape.at(-1)!;
  return (groups * Math.sqrt(fanIn)) / (2 * (groups - 1));
}

function transposed(m: Matrix): Matrix {
  const turned = matrix(m.columns, m.rows);
  for (let i = 0; i < m.data.length; i++) turned.data[(i % m.columns) * m.rows + Math.floor(i / m.columns)] = m.data[i]!;
  return turned;
}

function sum(left: Matrix, right: Matrix): Matrix {
  return matrix(
    left.rows,
    left.columns,
    left.data.map((value, i) => value + right.data[i]!),
  );
}
