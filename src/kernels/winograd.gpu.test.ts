import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { conv2d, conv2dInputGradient } from "../reference/conv2d";
import { addTensors, concatChannels, sliceChannels, type Tensor64 } from "../reference/tensor64";
import { randomTensor } from "../reference/testing";
import { poisonedActivations, readActivations, stored, uploadActivations } from "./activation-testing";
import { worstError } from "./conv-testing";
import { type OpenDevice, openDevice } from "./device";
import { DeviceMemory, readBack } from "./device-memory";
import type { Precision } from "./pipelines";
import { Recorder } from "./recorder";
import { poisoned } from "./testing";
import type { KernelSegment } from "./transpose-weights";
import { recordWinograd, type WinogradDirection, type WinogradMapping, winogradApplies, winogradBytes } from "./winograd";
import { type Example, exampleOf, geometryOf, type Problem } from "./winograd-testing";
import { recordWinogradWeights, TRANSFORM_SCALE, transformedCount } from "./winograd-weights";

let open: OpenDevice;
beforeAll(async () => {
  open = await openDevice(navigator.gpu);
});
afterAll(() => open.close());

// Tiles at every edge and all edges at once, tails of 1, 2 and 3 of the 4 tiles of a thread, several workgroups, odd numbers of
// quads, channels off the vectors, uneven blocks from size 1 upward.
const problems: readonly (readonly [string, Problem])[] = [
  ["rows of 8", { batch: 3, height: 8, width: 8, inputs: [12], outputs: [20] }],
  ["one tile, one channel", { batch: 1, height: 2, width: 2, inputs: [1], outputs: [1] }],
  ["3 tiles", { batch: 1, height: 2, width: 6, inputs: [3], outputs: [16] }],
  ["a column of 5 tiles", { batch: 1, height: 10, width: 2, inputs: [5], outputs: [9] }],
  ["273 tiles, 65 to 63 channels", { batch: 7, height: 6, width: 26, inputs: [65], outputs: [63] }],
  ["65 to 130 channels", { batch: 2, height: 4, width: 6, inputs: [65], outputs: [130] }],
  ["uneven blocks 1, 3, 65", { batch: 2, height: 4, width: 8, inputs: [1, 3, 65], outputs: [5, 63, 1] }],
  ["uneven blocks 70, 4", { batch: 1, height: 6, width: 10, inputs: [70, 4], outputs: [130, 33] }],
];
const DIRECTIONS = ["forward", "input-gradient"] as const;

// Sums of up to 1,170 products in float32, four times the largest error seen. The values of a tile are added and subtracted before and
// after the products, but 16 shorter sums take the place of one long one.
const SUM_ERROR = 1e-6;
// What is stored in half precision is rounded once more, by at most half a unit in 11 bits.
const TOLERANCES: Readonly<Record<Precision, number>> = { f32: SUM_ERROR, f16: SUM_ERROR + 2 ** -11 };

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

function answered(problem: Problem, precision: Precision = "f32"): Example {
  const { batch, height, width, inputs, outputs } = problem;
  const activations = (counts: readonly number[], seed: number): Tensor64 => {
    const { shape, data } = randomTensor([batch, height, width, sum(counts)], seed);
    return { shape, data: stored(data, precision) };
  };
  const kernels = inputs.map((count, index) => randomTensor([3, 3, count, outputs[index]!], 10 + index));
  const [x, dy, toY, toDx] = [activations(inputs, 1), activations(outputs, 2), activations(outputs, 3), activations(inputs, 4)];
  const [xs, dys] = [blocksOf(x, inputs), blocksOf(dy, outputs)];
  const y = concatChannels(kernels.map((kernel, index) => conv2d(xs[index]!, kernel, 1)));
  const dx = concatChannels(kernels.map((kernel, index) => conv2dInputGradient(dys[index]!, kernel, xs[index]!.shape, 1)));
  const forward = { input: x, addend: toY, plain: y, added: addTensors(y, toY) };
  const inputGradient = { input: dy, addend: toDx, plain: dx, added: addTensors(dx, toDx) };
  return exampleOf(problem, { kernels, forward, inputGradient }, precision);
}

function blocksOf(tensor: Tensor64, counts: readonly number[]): Tensor64[] {
  return counts.map((count, index) => sliceChannels(tensor, sum(counts.slice(0, index)), count));
}

function segmentsOf({ geometry }: Example): KernelSegment[] {
  return geometry.blocks.map(({ weightOffset, inputs, outputs }) => ({ offset: weightOffset, taps: 9, inputs, outputs }));
}

async function run(example: Example, direction: WinogradDirection, withAddend: boolean, mapping?: WinogradMapping) {
  const { geometry, precision } = example;
  const { input, addend, plain } = direction === "forward" ? example.forward : example.inputGradient;
  const count = plain.length;
  const memory = new DeviceMemory(open.device);
  const recorder = new Recorder(memory, precision);
  const weights = memory.allocate("transformed weights", 4 * TRANSFORM_SCALE * example.weights.length);
  const parameters = memory.upload("weights", example.weights);
  recordWinogradWeights(recorder, { segments: segmentsOf(example), parameters, transformed: weights });
  const before = recorder.dispatches;
  const output = poisonedActivations(memory, "output", count, precision);
  const pass = {
    label: "test",
    geometry,
    input: uploadActivations(memory, "input", input, precision),
    weights,
    addend: withAddend ? uploadActivations(memory, "addend", addend, precision) : null,
    output,
  };
  recordWinograd(recorder, pass, direction, mapping);
  expect(recorder.dispatches - before).toBe(2);
  const recording = await recorder.finish();
  recording.submit();
  const result = await readActivations(open.device, output, count, precision);
  memory.dispose();
  return result;
}

async function expectOracle(example: Example, direction: WinogradDirection): Promise<void> {
  const expected = direction === "forward" ? example.forward : example.inputGradient;
  const tolerance = TOLERANCES[example.precision];
  expect(worstError(await run(example, direction, false), expected.plain)).toBeLessThanOrEqual(tolerance);
  expect(worstError(await run(example, direction, true), expected.added)).toBeLessThanOrEqual(tolerance);
}

describe.each(problems)("%s", (_, problem) => {
  const example = answered(problem);

  test.each(DIRECTIONS)("%s agrees with the float64 oracle, with and without addend", async (direction) => {
    expect(winogradApplies(example.geometry)).toBe(true);
    await expectOracle(example, direction);
  });

  test.each(DIRECTIONS)("%s gives the same bits twice, and in every mapping", async (direction) => {
    const bits = async (mapping?: WinogradMapping) => new Uint32Array((await run(example, direction, true, mapping)).buffer);
    const once = await bits();
    expect(await bits()).toEqual(once);
    expect(await bits({ pairLanes: 4, workgroup: 64 })).toEqual(once);
  });
});

describe.each(["rows of 8", "uneven blocks 70, 4"])("half precision: %s", (name) => {
  test.each(DIRECTIONS)("%s agrees with the oracle on what was stored", async (direction) => {
    if (!open.device.features.has("shader-f16")) return;
    await expectOracle(answered(problems.find(([known]) => known === name)![1], "f16"), direction);
  });
});

/** G g Gᵀ of one filter, with G of Lavin and Gray 2016, eq. 8. */
function transformOf(filter: readonly number[]): number[] {
  const G = [
    [1, 0, 0],
    [0.5, 0.5, 0.5],
    [0.5, -0.5, 0.5],
    [0, 0, 1],
  ];
  return G.flatMap((rows) =>
    G.map((columns) => filter.reduce((total, value, tap) => total + rows[Math.floor(tap / 3)]! * value * columns[tap % 3]!, 0)),
  );
}

/** [inputs, outputs] of less and more than a workgroup's pairs, and off its edge. */
const KERNELS = [
  [4, 4],
  [32, 64],
  [36, 28],
  [68, 12],
] as const;

async function runWeights(maxBytes?: number) {
  let floats = 64;
  const segments = KERNELS.map(([inputs, outputs]): KernelSegment => {
    const offset = floats;
    floats = 64 * Math.ceil((offset + 9 * inputs * outputs) / 64);
    return { offset, taps: 9, inputs, outputs };
  });
  // Multiples of 4 up to 1,000: every transform is exact in float32.
  const values = Float32Array.from({ length: floats }, (_, i) => 4 * ((i * 97) % 251));
  const memory = new DeviceMemory(open.device);
  const recorder = new Recorder(memory);
  const transformed = poisoned(memory, "transformed", TRANSFORM_SCALE * floats);
  const untouched = new Float32Array(await readBack(open.device, transformed))[0]!;
  recordWinogradWeights(recorder, { segments, parameters: memory.upload("parameters", values), transformed }, maxBytes);
  const recording = await recorder.finish();
  recording.submit();
  const whole = new Float32Array(await readBack(open.device, { ...transformed, bytes: transformed.buffer.size }));
  memory.dispose();
  return { segments, values, whole, untouched, dispatches: recording.dispatches };
}

test("every filter is transformed, in one dispatch, and nothing else is written", async () => {
  const { segments, values, whole, untouched, dispatches } = await runWeights();
  expect(dispatches).toBe(1);
  const expected = new Float32Array(whole.length).fill(untouched);
  for (const { offset, inputs, outputs } of segments) {
    for (let pair = 0; pair < inputs * outputs; pair++) {
      const [c, k] = [Math.floor(pair / outputs), pair % outputs];
      const filter = Array.from({ length: 9 }, (_, tap) => values[offset + tap * inputs * outputs + pair]!);
      const quads = Math.floor(k / 4) * (inputs / 4) + Math.floor(c / 4);
      const first = TRANSFORM_SCALE * offset + 256 * quads + 4 * (c % 4) + (k % 4);
      transformOf(filter).forEach((value, place) => {
        expected[first + 16 * place] = value;
      });
    }
  }
  expect(whole).toEqual(expected);
});

test("bindings too small for all weights give the same in more dispatches", async () => {
  const { whole, dispatches } = await runWeights(4 * transformedCount(32, 64));
  expect(dispatches).toBeGreaterThan(1);
  expect(whole).toEqual((await runWeights()).whole);
});

test("odd extents, other strides and kernels, and inputs beyond a binding are left to the direct kernels", () => {
  const geometry = geometryOf({ batch: 2, height: 4, width: 6, inputs: [5], outputs: [12] });
  expect(winogradApplies(geometry)).toBe(true);
  expect(winogradBytes(geometry, "forward")).toBe(16 * 2 * 24 * 8);
  expect(winogradApplies(geometry, winogradBytes(geometry, "input-gradient"))).toBe(true);
  expect(winogradApplies(geometry, winogradBytes(geometry, "input-gradient") - 1)).toBe(false);
  expect(winogradApplies({ ...geometry, height: 5 })).toBe(false);
  expect(winogradApplies({ ...geometry, width: 7 })).toBe(false);
  expect(winogradApplies({ ...geometry, stride: 2 })).toBe(false);
  expect(winogradApplies({ ...geometry, kernelSize: 1 })).toBe(false);
});
