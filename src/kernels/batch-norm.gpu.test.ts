import { afterAll, beforeAll, expect, test } from "vitest";
import { BATCH_NORM_DECAY, BATCH_NORM_EPSILON } from "../model/spec";
import { type Moments, momentsOf, updateRunning } from "../reference/batch-norm";
import { type Tensor64, tensor64 } from "../reference/tensor64";
import { randomTensor, relativeError } from "../reference/testing";
import { stored, uploadActivations } from "./activation-testing";
import { recordBatchMoments, recordRunningCoefficients } from "./batch-norm";
import { type OpenDevice, openDevice } from "./device";
import { type BufferView, DeviceMemory } from "./device-memory";
import type { Precision } from "./pipelines";
import { Recorder } from "./recorder";
import { poisoned, readOutput } from "./testing";

let open: OpenDevice;
beforeAll(async () => {
  open = await openDevice(navigator.gpu);
});
afterAll(() => open.close());

const OPTIONS = { label: "test", epsilon: BATCH_NORM_EPSILON, decay: BATCH_NORM_DECAY };

/** Values as float32 holds them: [channels]. */
function vector(channels: number, which: number): Tensor64 {
  return tensor64([channels], stored(randomTensor([channels], which).data, "f32"));
}

/** Parameters and running statistics before the step. */
function stateOf(channels: number): Record<"gamma" | "beta" | "runningMean" | "runningVariance", Tensor64> {
  const runningVariance = tensor64([channels], vector(channels, 14).data.map(Math.abs));
  return { gamma: vector(channels, 11), beta: vector(channels, 12), runningMean: vector(channels, 13), runningVariance };
}

/** x [pixels, channels] as stored: N(mean, 1) times a factor that differs between neighbouring channels. */
function inputOf(pixels: number, channels: number, mean: number, precision: Precision = "f32"): Tensor64 {
  const { data } = randomTensor([pixels, channels], 1);
  const values = data.map((value, i) => (value + mean) * (1 + ((i % channels) % 5)));
  return tensor64([pixels, channels], stored(values, precision));
}

interface Result {
  /** [4][channels]. */
  readonly coefficients: Float32Array;
  readonly runningMean: Float32Array;
  readonly runningVariance: Float32Array;
}

/** Coefficients and running statistics after one run: of the batch `input`, or of the running statistics where it is null. */
async function run(input: Tensor64 | null, channels: number, precision: Precision = "f32"): Promise<Result> {
  const state = stateOf(channels);
  const memory = new DeviceMemory(open.device);
  const of = (name: keyof typeof state): BufferView => guarded(memory, name, state[name].data);
  const statistics = { runningMean: of("runningMean"), runningVariance: of("runningVariance") };
  const coefficients = poisoned(memory, "coefficients", 4 * channels);
  const options = { ...OPTIONS, ...statistics, channels, coefficients, gamma: of("gamma"), beta: of("beta") };
  const recorder = new Recorder(memory, precision);
  if (input === null) recordRunningCoefficients(recorder, options);
  else {
    const x = uploadActivations(memory, "x", input.data, precision);
    recordBatchMoments(recorder, { ...options, pixels: input.shape[0]!, input: x });
  }
  (await recorder.finish()).submit();
  const result = {
    coefficients: await readOutput(open.device, coefficients, 4 * channels),
    runningMean: await readOutput(open.device, statistics.runningMean, channels),
    runningVariance: await readOutput(open.device, statistics.runningVariance, channels),
  };
  memory.dispose();
  return result;
}

/** A buffer that a kernel updates, with guard words behind it. */
function guarded(memory: DeviceMemory, label: string, values: Float64Array): BufferView {
  const view = poisoned(memory, label, values.length);
  memory.device.queue.writeBuffer(view.buffer, 0, Float32Array.from(values));
  return view;
}

/** Compares [4][channels] with those of exact moments, every channel on the scale of its own values. */
function expectCoefficients(actual: Float32Array, { mean, variance }: Moments, tolerance: number): void {
  const channels = mean.data.length;
  const { gamma, beta } = stateOf(channels);
  for (let c = 0; c < channels; c++) {
    const [average, inverse, scale, offset] = [0, 1, 2, 3].map((row) => actual[row * channels + c]!);
    const deviation = Math.sqrt(variance.data[c]! + BATCH_NORM_EPSILON);
    const slope = gamma.data[c]! / deviation;
    const meanScale = Math.max(Math.abs(mean.data[c]!), deviation);
    expect(Math.abs(average! - mean.data[c]!)).toBeLessThanOrEqual(tolerance * meanScale);
    expect(Math.abs(inverse! * deviation - 1)).toBeLessThanOrEqual(tolerance);
    expect(Math.abs(scale! - slope)).toBeLessThanOrEqual(tolerance * Math.abs(slope));
    expect(offset).toBe(Math.fround(beta.data[c]!));
  }
}

// Pixels and channels: edges of lanes, rows, slices and tiles of channels, and a length whose plain sums would drift.
const SHAPES: readonly [number, number][] = [
  [1, 4],
  [3, 12],
  [63, 64],
  [65, 68],
  [65, 1028],
  [2179, 4],
  [2179, 36],
  [1_000_003, 4],
];

// Means in deviations: a sum of squares in float32 would lose the variance altogether at 1000.
test.each(SHAPES.flatMap(([pixels, channels]) => [0, 3, 1000].map((mean) => [pixels, channels, mean] as const)))(
  "moments of %i pixels of %i channels, %i deviations from 0, agree with two passes in float64",
  async (pixels, channels, mean) => {
    const x = inputOf(pixels, channels, mean);
    const { coefficients, runningMean, runningVariance } = await run(x, channels);
    const moments = momentsOf(x);
    // A workgroup adds up to 128 rows in order: about the root of 128 roundings of 6e-8, then six more; measured: 6.1e-7.
    expectCoefficients(coefficients, moments, 1e-6);
    const state = stateOf(channels);
    const expectedMean = updateRunning(state.runningMean, moments.mean).data;
    const expectedVariance = updateRunning(state.runningVariance, moments.variance).data;
    expect(relativeError(runningMean, expectedMean)).toBeLessThan(1e-6);
    expect(relativeError(runningVariance, expectedVariance)).toBeLessThan(1e-6);
  },
);

test.each([4, 68, 260, 2048])("coefficients of %i running statistics leave the statistics as they are", async (channels) => {
  const { coefficients, runningMean, runningVariance } = await run(null, channels);
  const state = stateOf(channels);
  expectCoefficients(coefficients, { mean: state.runningMean, variance: state.runningVariance }, 6e-7);
  expect(runningMean).toEqual(Float32Array.from(state.runningMean.data));
  expect(runningVariance).toEqual(Float32Array.from(state.runningVariance.data));
});

test("a channel of equal values has exactly that mean and no variance, zeros included", async () => {
  const x = tensor64(
    [2179, 8],
    Array.from({ length: 2179 * 8 }, (_, i) => (i % 8 < 4 ? 0 : 0.1)),
  );
  const { coefficients } = await run({ shape: x.shape, data: stored(x.data, "f32") }, 8);
  expect(coefficients.slice(0, 8)).toEqual(Float32Array.of(0, 0, 0, 0, 0.1, 0.1, 0.1, 0.1));
  // 1 / sqrt(epsilon), where square root and division round.
  for (const inverse of coefficients.slice(8, 16)) expect(Math.abs(inverse * Math.sqrt(1e-5) - 1)).toBeLessThan(3e-7);
});

test("the same step twice gives identical bits", async () => {
  const x = inputOf(2179, 36, 3);
  expect(await run(x, 36)).toEqual(await run(x, 36));
});

test("moments of half-precision activations are as exact as those of float32", async () => {
  if (!open.device.features.has("shader-f16")) return;
  const x = inputOf(2179, 36, 3, "f16");
  const { coefficients } = await run(x, 36, "f16");
  expectCoefficients(coefficients, momentsOf(x), 1e-6);
});
