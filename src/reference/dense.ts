import { ShapeError } from "../base/errors";
import { type Tensor64, tensor64 } from "./tensor64";

/** y[b, o] = sum over i of x[b, i] w[i, o] + biases[o]. */
export function dense(x: Tensor64, weights: Tensor64, biases: Tensor64): Tensor64 {
  const [batch, inputs, outputs] = extents(x, weights);
  const y = tensor64([batch, outputs]);
  for (let b = 0; b < batch; b++) {
    for (let o = 0; o < outputs; o++) {
      let sum = biases.data[o]!;
      for (let i = 0; i < inputs; i++) sum += x.data[b * inputs + i]! * weights.data[i * outputs + o]!;
      y.data[b * outputs + o] = sum;
    }
  }
  return y;
}

export interface DenseGradients {
  readonly x: Tensor64;
  readonly weights: Tensor64;
  readonly biases: Tensor64;
}

/** dx = dy w^T, dw = x^T dy, dbiases = column sums of dy. */
export function denseGradients(dy: Tensor64, x: Tensor64, weights: Tensor64): DenseGradients {
  const [batch, inputs, outputs] = extents(x, weights);
  const gradients = { x: tensor64(x.shape), weights: tensor64(weights.shape), biases: tensor64([outputs]) };
  for (let b = 0; b < batch; b++) {
    for (let o = 0; o < outputs; o++) {
      const value = dy.data[b * outputs + o]!;
      gradients.biases.data[o] = gradients.biases.data[o]! + value;
      for (let i = 0; i < inputs; i++) {
        const [at, weight] = [b * inputs + i, i * outputs + o];
        gradients.x.data[at] = gradients.x.data[at]! + value * weights.data[weight]!;
        gradients.weights.data[weight] = gradients.weights.data[weight]! + value * x.data[at]!;
      }
    }
  }
  return gradients;
}

function extents(x: Tensor64, weights: Tensor64): [batch: number, inputs: number, outputs: number] {
  const [batch, inputs] = x.shape;
  const [rows, outputs] = weights.shape;
  if (inputs !== rows || x.shape.length !== 2 || weights.shape.length !== 2) {
    throw new ShapeError(
      `weights [${weights.shape.join(", ")}] do not fit input [${x.shape.join(", ")}]`,
      "Give x as [n, in] and the weights as [in, out].",
    );
  }
  return [batch!, inputs!, outputs!];
}
