import { afterAll, beforeAll, expect, test } from "vitest";
import { type OpenDevice, openDevice } from "./device";
import { DeviceMemory, readBack } from "./device-memory";
import { Recorder } from "./recorder";
import { recordTransposedWeights } from "./transpose-weights";

let open: OpenDevice;
beforeAll(async () => {
  open = await openDevice(navigator.gpu);
});
afterAll(() => open.close());

/** [taps, inputs, outputs] below, at and off the edges of a tile of 32. */
const SHAPES = [
  [9, 4, 4],
  [9, 32, 64],
  [1, 36, 28],
  [4, 68, 12],
  [1, 12, 100],
] as const;
/** Between kernels and behind them: no kernel may write it. */
const UNTOUCHED = -3;

async function run(maxBytes?: number) {
  let floats = 0;
  const segments = SHAPES.map(([taps, inputs, outputs]) => {
    const offset = floats;
    floats = 64 * Math.ceil((offset + taps * inputs * outputs + 1) / 64);
    return { offset, taps, inputs, outputs };
  });
  const memory = new DeviceMemory(open.device);
  const recorder = new Recorder(memory);
  const values = Float32Array.from({ length: floats }, (_, i) => i + 1);
  const transposed = memory.upload("transposed", new Float32Array(floats).fill(UNTOUCHED));
  recordTransposedWeights(recorder, { segments, parameters: memory.upload("parameters", values), transposed }, maxBytes);
  const recording = await recorder.finish();
  recording.submit();
  const actual = new Float32Array(await readBack(open.device, transposed));
  memory.dispose();
  return { segments, actual, values, dispatches: recording.dispatches };
}

test("every tap's matrix is turned, in one dispatch, and nothing else is written", async () => {
  const { segments, actual, values, dispatches } = await run();
  expect(dispatches).toBe(1);
  const expected = new Float32Array(values.length).fill(UNTOUCHED);
  for (const { offset, taps, inputs, outputs } of segments) {
    for (let tap = 0; tap < taps; tap++) {
      const first = offset + tap * inputs * outputs;
      for (let i = 0; i < inputs; i++) {
        for (let j = 0; j < outputs; j++) expected[first + j * inputs + i] = values[first + i * outputs + j]!;
      }
    }
  }
  expect(actual).toEqual(expected);
});

test("bindings too small for all weights give the same in more dispatches", async () => {
  const { actual, dispatches } = await run(4 * 9 * 32 * 64);
  expect(dispatches).toBeGreaterThan(1);
  expect(actual).toEqual((await run()).actual);
});
