import { describe, expect, test } from "vitest";
import { batchNorm, batchNormGradients, momentsOf, updateRunning } from "./batch-norm";
import { conv2d, conv2dInputGradient, conv2dKernelGradient, samePadding } from "./conv2d";
import { crossEntropy, crossEntropyGradient } from "./cross-entropy";
import { dense, denseGradients } from "./dense";
import { dropout, dropoutGradient } from "./dropout";
import { globalMean, globalMeanGradient } from "./global-mean";
import { halfSquaredNorm, halfSquaredNormGradient } from "./l2";
import { numericalGradient } from "./numerical-gradient";
import { relu, reluGradient } from "./relu";
import { addTensors, concatChannels, sliceChannels, type Tensor64, tensor64 } from "./tensor64";
import { randomTensor, relativeError } from "./testing";

/** Central differences at h = 1e-5 leave about 1e-10 of truncation and 1e-10 of rounding. */
const DIFFERENCES = 1e-7;

interface Case {
  readonly name: string;
  readonly inputs: readonly Tensor64[];
  readonly forward: () => Tensor64;
  readonly gradients: (dy: Tensor64) => readonly Tensor64[];
}

const mask = [1, 0, 1, 1, 0, 1, 1, 1, 0, 0, 1, 0, 1, 1, 0];

const cases: Case[] = [
  ...(
    [
      [[2, 5, 7, 3], 3, 1],
      [[2, 5, 7, 3], 3, 2],
      [[1, 6, 4, 2], 3, 2],
      [[3, 5, 4, 2], 1, 2],
      [[1, 1, 2, 3], 3, 1],
    ] as const
  ).map(([shape, kernelSize, stride], index) => convCase(shape, kernelSize, stride, index)),
  batchNormCase(),
  pairCase("relu", [3, 5], 40, relu, reluGradient),
  pairCase(
    "dropout",
    [3, 5],
    41,
    (x) => dropout(x, mask, 0.7),
    (dy) => dropoutGradient(dy, mask, 0.7),
  ),
  pairCase("global mean", [2, 3, 5, 7], 42, globalMean, (dy, x) => globalMeanGradient(dy, x.shape)),
  denseCase(),
];

describe.each(cases)("$name", ({ inputs, forward, gradients }) => {
  test("its gradients are the slopes of its values", () => {
    const dy = randomTensor(forward().shape, 99);
    const weighted = (): number => forward().data.reduce((sum, value, i) => sum + value * dy.data[i]!, 0);
    const analytic = gradients(dy);
    inputs.forEach((input, index) => {
      expect(analytic[index]!.shape).toEqual(input.shape);
      expect(relativeError(analytic[index]!.data, numericalGradient(weighted, input.data))).toBeLessThan(DIFFERENCES);
    });
  });
});

test("SAME padding puts the smaller half first: nothing on even extents at stride 2", () => {
  expect(samePadding(32, 3, 2)).toEqual({ extent: 16, before: 0 });
  expect(samePadding(5, 3, 2)).toEqual({ extent: 3, before: 1 });
  expect(samePadding(5, 3, 1)).toEqual({ extent: 5, before: 1 });
  expect(samePadding(32, 1, 2)).toEqual({ extent: 16, before: 0 });
});

test("a convolution with one tap set moves the image by that tap", () => {
  const x = tensor64([1, 4, 4, 1], [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53]);
  const tap = (ky: number, kx: number): Tensor64 => {
    const kernel = tensor64([3, 3, 1, 1]);
    kernel.data[ky * 3 + kx] = 1;
    return kernel;
  };
  expect([...conv2d(x, tap(0, 0), 2).data]).toEqual([2, 5, 23, 31]);
  expect([...conv2d(x, tap(2, 2), 2).data]).toEqual([31, 0, 0, 0]);
  expect([...conv2d(x, tap(0, 0), 1).data]).toEqual([0, 0, 0, 0, 0, 2, 3, 5, 0, 11, 13, 17, 0, 23, 29, 31]);
});

test("normalised channels have mean beta and deviation gamma", () => {
  const x = randomTensor([3, 5, 7, 2], 50);
  const { mean, variance } = momentsOf(batchNorm(x, momentsOf(x), tensor64([2], [3, 5]), tensor64([2], [7, 11])));
  expect(relativeError(mean.data, [7, 11])).toBeLessThan(1e-12);
  // Epsilon 1e-5 takes some 1e-5 off.
  expect(relativeError(variance.data, [9, 25])).toBeLessThan(1e-4);
});

test("running statistics keep nine tenths of what they were", () => {
  expect(relativeError(updateRunning(tensor64([2], [2, 3]), tensor64([2], [5, 7])).data, [2.3, 3.4])).toBeLessThan(1e-15);
});

test("cross-entropy of equal logits is the logarithm of the number of classes, however large they are", () => {
  expect(crossEntropy(tensor64([2, 5], new Array(10).fill(1e4)), [0, 3])).toBeCloseTo(Math.log(5), 11);
});

test("the gradient of cross-entropy is its slope", () => {
  const logits = randomTensor([3, 7], 60);
  const labels = [2, 0, 5];
  const numerical = numericalGradient(() => crossEntropy(logits, labels), logits.data);
  expect(relativeError(crossEntropyGradient(logits, labels).data, numerical)).toBeLessThan(DIFFERENCES);
});

test("the gradient of weight decay is its slope", () => {
  const w = randomTensor([3, 5], 61);
  const numerical = numericalGradient(() => 0.3 * halfSquaredNorm(w), w.data);
  expect(relativeError(halfSquaredNormGradient(w, 0.3).data, numerical)).toBeLessThan(DIFFERENCES);
});

test("slices of the channels put together are the tensor", () => {
  const x = randomTensor([2, 3, 7], 62);
  const parts = [sliceChannels(x, 0, 2), sliceChannels(x, 2, 1), sliceChannels(x, 3, 4)];
  expect(concatChannels(parts)).toEqual(x);
});

test("shapes that do not fit are refused", () => {
  expect(() => conv2d(randomTensor([1, 3, 3, 2], 1), randomTensor([3, 3, 5, 2], 2), 1)).toThrow("does not fit input");
  expect(() => dense(randomTensor([1, 3], 1), randomTensor([5, 2], 2), randomTensor([2], 3))).toThrow("do not fit input");
  expect(() => addTensors(randomTensor([2, 3], 1), randomTensor([3, 2], 2))).toThrow("cannot add");
});

function convCase(shape: readonly number[], kernelSize: number, stride: number, index: number): Case {
  const x = randomTensor(shape, 10 + index);
  const kernel = randomTensor([kernelSize, kernelSize, shape[3]!, 5], 20 + index);
  return {
    name: `convolution ${kernelSize} x ${kernelSize}, stride ${stride}, of [${shape.join(", ")}]`,
    inputs: [x, kernel],
    forward: () => conv2d(x, kernel, stride),
    gradients: (dy) => [conv2dInputGradient(dy, kernel, x.shape, stride), conv2dKernelGradient(x, dy, kernel.shape, stride)],
  };
}

function batchNormCase(): Case {
  const [x, gamma, beta] = [randomTensor([2, 3, 5, 3], 30), randomTensor([3], 31), randomTensor([3], 32)];
  return {
    name: "batch norm in training",
    inputs: [x, gamma, beta],
    forward: () => batchNorm(x, momentsOf(x), gamma, beta),
    gradients: (dy) => {
      const gradients = batchNormGradients(dy, x, momentsOf(x), gamma);
      return [gradients.x, gradients.gamma, gradients.beta];
    },
  };
}

function denseCase(): Case {
  const [x, weights, biases] = [randomTensor([3, 5], 33), randomTensor([5, 7], 34), randomTensor([7], 35)];
  return {
    name: "fully connected",
    inputs: [x, weights, biases],
    forward: () => dense(x, weights, biases),
    gradients: (dy) => {
      const gradients = denseGradients(dy, x, weights);
      return [gradients.x, gradients.weights, gradients.biases];
    },
  };
}

function pairCase(
  name: string,
  shape: readonly number[],
  seed: number,
  forward: (x: Tensor64) => Tensor64,
  gradient: (dy: Tensor64, x: Tensor64) => Tensor64,
): Case {
  const x = randomTensor(shape, seed);
  return { name, inputs: [x], forward: () => forward(x), gradients: (dy) => [gradient(dy, x)] };
}
