import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { conv2d, conv2dInputGradient, conv2dKernelGradient } from "../reference/conv2d";
import { addTensors, concatChannels, sliceChannels, type Tensor64 } from "../reference/tensor64";
import { randomTensor } from "../reference/testing";
import { recordConvForward, recordConvInputGradient } from "./conv";
import { type ConvBlock, type ConvGeometry, samePadding } from "./conv-geometry";
import { type OpenDevice, openDevice } from "./device";
import type { DeviceMemory } from "./device-memory";
import { filterGradientSlices, recordFilterGradient } from "./filter-gradient";
import { poisoned, readOutput, runOnce } from "./testing";

let device: OpenDevice;
beforeAll(async () => {
  device = await openDevice(navigator.gpu);
});
afterAll(() => device.close());

/** Logical channels of each block, before padding to multiples of 4. */
interface Problem {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly size: 1 | 3;
  readonly stride: 1 | 2;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

const pad4 = (count: number): number => 4 * Math.ceil(count / 4);
const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

function geometryOf({ batch, height, width, size, stride, inputs, outputs }: Problem): ConvGeometry {
  let [inputStart, outputStart, weightOffset] = [0, 0, 0];
  const blocks = inputs.map((count, index): ConvBlock => {
    const block = { inputStart, inputs: pad4(count), outputStart, outputs: pad4(outputs[index]!), weightOffset };
    inputStart += block.inputs;
    outputStart += block.outputs;
    // Blocks are parameters of their own, which start at multiples of 64 floats.
    weightOffset += 64 * Math.ceil((size ** 2 * block.inputs * block.outputs) / 64);
    return block;
  });
  return { batch, height, width, kernelSize: size, stride, inputs: inputStart, outputs: outputStart, blocks };
}

/** [.., sum of counts] to the padded layout. */
function padChannels({ shape, data }: Tensor64, counts: readonly number[]): Float32Array {
  const [logical, padded] = [sum(counts), sum(counts.map(pad4))];
  const rows = data.length / logical;
  expect(shape.at(-1)).toBe(logical);
  const out = new Float32Array(rows * padded);
  for (let row = 0; row < rows; row++) {
    let [from, to] = [row * logical, row * padded];
    for (const count of counts) {
      out.set(data.subarray(from, from + count), to);
      from += count;
      to += pad4(count);
    }
  }
  return out;
}

/** Blocks [taps, in, out] one after the other at their offsets, padded; `transposed` swaps in and out. */
function padWeights(kernels: readonly Tensor64[], { blocks }: ConvGeometry, transposed: boolean): Float32Array {
  const last = blocks.at(-1)!;
  const out = new Float32Array(last.weightOffset + 9 * last.inputs * last.outputs);
  kernels.forEach(({ shape, data }, index) => {
    const { inputs, outputs, weightOffset } = blocks[index]!;
    const [height, width, rows, columns] = shape as [number, number, number, number];
    for (let tap = 0; tap < height * width; tap++) {
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) {
          const at = transposed ? (tap * outputs + j) * inputs + i : (tap * inputs + i) * outputs + j;
          out[weightOffset + at] = data[(tap * rows + i) * columns + j]!;
        }
      }
    }
  });
  return out;
}

function dataOf(problem: Problem) {
  const { batch, height, width, size, stride, inputs, outputs } = problem;
  const [rows, columns] = [samePadding(height, size, stride).extent, samePadding(width, size, stride).extent];
  return {
    x: randomTensor([batch, height, width, sum(inputs)], 1),
    dy: randomTensor([batch, rows, columns, sum(outputs)], 2),
    kernels: inputs.map((count, index) => randomTensor([size, size, count, outputs[index]!], 10 + index)),
    forwardAddend: randomTensor([batch, rows, columns, sum(outputs)], 3),
    backwardAddend: randomTensor([batch, height, width, sum(inputs)], 4),
  };
}

/** Applies an operation of the oracle block by block. */
function byBlock(
  problem: Problem,
  from: Tensor64,
  counts: readonly number[],
  apply: (part: Tensor64, index: number) => Tensor64,
): Tensor64[] {
  let start = 0;
  return problem.inputs.map((_, index) => {
    const part = sliceChannels(from, start, counts[index]!);
    start += counts[index]!;
    return apply(part, index);
  });
}

function expectClose(actual: Float32Array, expected: Float32Array, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  const largest = Math.max(...Array.from(expected, Math.abs));
  let worst = 0;
  for (let i = 0; i < expected.length; i++) worst = Math.max(worst, Math.abs(actual[i]! - expected[i]!));
  expect(worst / largest).toBeLessThanOrEqual(tolerance);
}

// Strips of 8 pixels and tails of them, odd extents, both strides, channels off the vectors, uneven blocks from size 1 upward.
const problems: readonly (readonly [string, Problem])[] = [
  ["3x3 on rows of 8", { batch: 3, height: 8, width: 8, size: 3, stride: 1, inputs: [12], outputs: [20] }],
  ["3x3 on rows of 16, 65 to 63 channels", { batch: 1, height: 3, width: 16, size: 3, stride: 1, inputs: [65], outputs: [63] }],
  ["3x3 on odd extents", { batch: 2, height: 5, width: 7, size: 3, stride: 1, inputs: [3], outputs: [16] }],
  ["3x3 of one pixel and channel", { batch: 1, height: 1, width: 1, size: 3, stride: 1, inputs: [1], outputs: [1] }],
  ["3x3 stride 2", { batch: 2, height: 8, width: 16, size: 3, stride: 2, inputs: [16], outputs: [24] }],
  ["3x3 stride 2 on odd extents", { batch: 3, height: 7, width: 5, size: 3, stride: 2, inputs: [4], outputs: [9] }],
  ["1x1 stride 2", { batch: 2, height: 8, width: 8, size: 1, stride: 2, inputs: [24], outputs: [40] }],
  ["1x1", { batch: 1, height: 5, width: 13, size: 1, stride: 1, inputs: [7], outputs: [3] }],
  ["a dense layer", { batch: 11, height: 1, width: 1, size: 1, stride: 1, inputs: [63], outputs: [10] }],
  ["uneven blocks 1, 3, 65", { batch: 2, height: 4, width: 8, size: 3, stride: 1, inputs: [1, 3, 65], outputs: [5, 63, 1] }],
  ["uneven blocks, stride 2", { batch: 1, height: 6, width: 6, size: 3, stride: 2, inputs: [5, 19], outputs: [30, 2] }],
  ["uneven blocks, 1x1", { batch: 2, height: 6, width: 6, size: 1, stride: 2, inputs: [8, 1, 2], outputs: [3, 9, 4] }],
  ["several slices of the filter gradient", { batch: 5, height: 16, width: 16, size: 3, stride: 1, inputs: [3], outputs: [16] }],
];

describe.each(problems)("%s", (_, problem) => {
  const geometry = geometryOf(problem);
  const { x, dy, kernels, forwardAddend, backwardAddend } = dataOf(problem);
  const { inputs, outputs, stride } = problem;
  // Sums of up to 585 float32 products of numbers near 1, in another order than the oracle's.
  const tolerance = 1e-6;

  test.each([false, true])("forward (with addend: %s) agrees with the float64 oracle", async (withAddend) => {
    const blocks = concatChannels(byBlock(problem, x, inputs, (part, index) => conv2d(part, kernels[index]!, stride)));
    const expected = padChannels(withAddend ? addTensors(blocks, forwardAddend) : blocks, outputs);
    const { memory, read } = await run(expected.length, (recorder, { upload }, output) =>
      recordConvForward(recorder, {
        label: "test",
        geometry,
        input: upload(padChannels(x, inputs)),
        weights: upload(padWeights(kernels, geometry, false)),
        addend: withAddend ? upload(padChannels(forwardAddend, outputs)) : null,
        output,
      }),
    );
    expectClose(await read(), expected, tolerance);
    memory.dispose();
  });

  test.each([false, true])("the input gradient (with addend: %s) agrees with the float64 oracle", async (withAddend) => {
    const parts = byBlock(problem, dy, outputs, (part, index) => {
      const shape = [...x.shape.slice(0, 3), inputs[index]!];
      return conv2dInputGradient(part, kernels[index]!, shape, stride);
    });
    const gradient = concatChannels(parts);
    const expected = padChannels(withAddend ? addTensors(gradient, backwardAddend) : gradient, inputs);
    const { memory, read } = await run(expected.length, (recorder, { upload }, output) =>
      recordConvInputGradient(recorder, {
        label: "test",
        geometry,
        input: upload(padChannels(dy, outputs)),
        weights: upload(padWeights(kernels, geometry, true)),
        addend: withAddend ? upload(padChannels(backwardAddend, inputs)) : null,
        output,
      }),
    );
    expectClose(await read(), expected, tolerance);
    memory.dispose();
  });

  test("the filter gradient's slices add up to the float64 oracle's, twice to the same bits", async () => {
    const { slices, sliceStride } = filterGradientSlices(geometry);
    let start = 0;
    const gradients = byBlock(problem, x, inputs, (part, index) => {
      const dyPart = sliceChannels(dy, start, outputs[index]!);
      start += outputs[index]!;
      return conv2dKernelGradient(part, dyPart, kernels[index]!.shape, stride);
    });
    const expected = padWeights(gradients, geometry, false).subarray(0, sliceStride);
    const attempt = async (): Promise<Float32Array> => {
      const { memory, readRaw } = await run(slices * sliceStride, (recorder, { upload }, partial) =>
        recordFilterGradient(recorder, {
          label: "test",
          geometry,
          input: upload(padChannels(x, inputs)),
          outputGradient: upload(padChannels(dy, outputs)),
          partial,
        }),
      );
      const raw = await readRaw();
      memory.dispose();
      return raw;
    };
    const raw = await attempt();
    const total = new Float32Array(expected.length);
    const weights = padWeights(
      gradients.map(({ shape, data }) => ({ shape, data: data.map(() => 1) })),
      geometry,
      false,
    );
    for (let i = 0; i < total.length; i++) {
      // Gaps between blocks belong to nobody.
      if (weights[i] === 1) for (let slice = 0; slice < slices; slice++) total[i]! += raw[slice * sliceStride + i]!;
    }
    expectClose(
      total,
      Float32Array.from({ length: total.length }, (_, i) => expected[i] ?? 0),
      tolerance,
    );
    expect(await attempt()).toEqual(raw);
  });
});

type Upload = { readonly upload: (data: Float32Array) => ReturnType<DeviceMemory["upload"]> };

async function run(
  count: number,
  record: (recorder: Parameters<Parameters<typeof runOnce>[1]>[0], data: Upload, output: ReturnType<typeof poisoned>) => void,
) {
  let output: ReturnType<typeof poisoned> | null = null;
  const memory = await runOnce(device.device, (recorder, memory) => {
    output = poisoned(memory, "output", count);
    record(recorder, { upload: (data) => memory.upload("data", data) }, output);
  });
  return {
    memory,
    read: () => readOutput(device.device, output!, count),
    readRaw: () => readOutput(device.device, output!, count, { gaps: true }),
  };
}
