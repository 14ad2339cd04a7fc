import { afterAll, beforeAll, expect, test } from "vitest";
import { randomTensor } from "../reference/testing";
import { type OpenDevice, openDevice } from "./device";
import { DeviceMemory, readBack } from "./device-memory";
import { Recorder } from "./recorder";
import { recordGradientSum, type SlicedGradient } from "./sum-gradients";
import { poisoned, readOutput } from "./testing";

let open: OpenDevice;
beforeAll(async () => {
  open = await openDevice(navigator.gpu);
});
afterAll(() => open.close());

/** [slices, floats of a slice]: below, at and off a workgroup's 1,024 floats, and counts of slices around the four summed at a time. */
const SHAPES = [
  [1, 4],
  [3, 1020],
  [4, 1024],
  [5, 1028],
  [9, 3 * 2179 + 3],
  [64, 60],
].map(([slices, count]) => ({ slices: slices!, count: 4 * Math.ceil(count! / 4) }));

/** Slices behind each other with a gap of 8 after each, gradients at multiples of 64. */
function layOutSegments() {
  let [partial, gradient] = [0, 0];
  const segments = SHAPES.map(({ slices, count }): SlicedGradient => {
    const segment = { partialOffset: partial, slices, sliceStride: count + 8, count, gradientOffset: gradient };
    partial += slices * (count + 8);
    gradient += Math.ceil((count + 1) / 64) * 64;
    return segment;
  });
  return { segments, partials: partial, gradients: gradient };
}

async function run(scale: number, maxBytes?: number) {
  const { segments, partials, gradients: floats } = layOutSegments();
  const data = Float32Array.from(randomTensor([partials], 5).data);
  const memory = new DeviceMemory(open.device);
  const recorder = new Recorder(memory);
  const gradients = poisoned(memory, "gradients", floats);
  recordGradientSum(recorder, { segments, partial: memory.upload("partial", data), gradients, scale }, maxBytes);
  const recording = await recorder.finish();
  recording.submit();
  const whole = new Float32Array(await readBack(open.device, gradients));
  const actual = whole.slice();
  for (const { gradientOffset: start, count } of segments) {
    await readOutput(open.device, { ...gradients, offset: 4 * start, bytes: gradients.bytes - 4 * start }, count);
    whole.fill(Number.NaN, start, start + count);
  }
  // Poison is left between the segments.
  expect(new Set(whole.filter((value) => !Number.isNaN(value))).size).toBe(1);
  memory.dispose();
  return { segments, data, actual, dispatches: recording.dispatches };
}

test("gradients are the scaled sums of their slices, all in one dispatch", async () => {
  const { segments, data, actual, dispatches } = await run(0.125);
  expect(dispatches).toBe(1);
  for (const { partialOffset, slices, sliceStride, count, gradientOffset } of segments) {
    for (let i = 0; i < count; i++) {
      let [sum, size] = [0, 0];
      for (let slice = 0; slice < slices; slice++) {
        const value = data[partialOffset + slice * sliceStride + i]!;
        sum += value;
        size += Math.abs(value);
      }
      // One float32 rounding an addition.
      expect(Math.abs(actual[gradientOffset + i]! - 0.125 * sum)).toBeLessThanOrEqual(0.125 * size * slices * 6e-8);
    }
  }
});

test("twice gives the same bits, and so do bindings too small for all slices", async () => {
  const first = await run(1);
  expect((await run(1)).actual).toEqual(first.actual);
  const windowed = await run(1, 4 * 65_000);
  expect(windowed.dispatches).toBeGreaterThan(1);
  expect(windowed.actual).toEqual(first.actual);
});
