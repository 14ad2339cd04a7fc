import { conv2d, conv2dInputGradient, conv2dKernelGradient, samePadding } from "./conv2d";
import { addTensors, concatChannels, sliceChannels, type Tensor64 } from "./tensor64";
import { randomTensor } from "./testing";

/** A convolution of blocks of channels, each with weights of its own. */
export interface ConvCase {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly size: 1 | 3;
  readonly stride: 1 | 2;
  /** Channels of each block. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** Seeded operands of a case, and what the oracle makes of them; `added` has the addend in it. */
export interface ConvAnswer {
  readonly x: Tensor64;
  readonly dy: Tensor64;
  readonly kernels: readonly Tensor64[];
  readonly forwardAddend: Tensor64;
  readonly backwardAddend: Tensor64;
  readonly forward: Sum;
  readonly inputGradient: Sum;
  readonly kernelGradients: readonly Tensor64[];
}

interface Sum {
  readonly plain: Tensor64;
  readonly added: Tensor64;
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

/** All three passes; `stored` rounds what is stored as activations. */
export function convAnswer(problem: ConvCase, stored: (values: Float64Array) => Float64Array): ConvAnswer {
  const { batch, height, width, size, stride, inputs, outputs } = problem;
  const [rows, columns] = [samePadding(height, size, stride).extent, samePadding(width, size, stride).extent];
  const activations = (shape: readonly number[], seed: number): Tensor64 => {
    const { data } = randomTensor(shape, seed);
    return { shape, data: stored(data) };
  };
  const x = activations([batch, height, width, sum(inputs)], 1);
  const dy = activations([batch, rows, columns, sum(outputs)], 2);
  const kernels = inputs.map((count, index) => randomTensor([size, size, count, outputs[index]!], 10 + index));
  const [forwardAddend, backwardAddend] = [activations(dy.shape, 3), activations(x.shape, 4)];
  const [xs, dys] = [blocksOf(x, inputs), blocksOf(dy, outputs)];
  const forward = concatChannels(kernels.map((kernel, i) => conv2d(xs[i]!, kernel, stride)));
  const back = concatChannels(kernels.map((kernel, i) => conv2dInputGradient(dys[i]!, kernel, xs[i]!.shape, stride)));
  return {
    ...{ x, dy, kernels, forwardAddend, backwardAddend },
    forward: { plain: forward, added: addTensors(forward, forwardAddend) },
    inputGradient: { plain: back, added: addTensors(back, backwardAddend) },
    kernelGradients: kernels.map(({ shape }, i) => conv2dKernelGradient(xs[i]!, dys[i]!, shape, stride)),
  };
}

function blocksOf(tensor: Tensor64, counts: readonly number[]): Tensor64[] {
  let start = 0;
  return counts.map((count) => {
    const part = sliceChannels(tensor, start, count);
    start += count;
    return part;
  });
}
