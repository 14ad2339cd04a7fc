import { afterAll, beforeAll, expect, test } from "vitest";
import { descend } from "../reference/descent";
import { halfSquaredNorm } from "../reference/l2";
import { type Tensor64, tensor64 } from "../reference/tensor64";
import { randomTensor } from "../reference/testing";
import { type OpenDevice, openDevice } from "./device";
import { type BufferView, DeviceMemory, readBack } from "./device-memory";
import { type ParameterSegment, recordTerms, recordUpdate } from "./optimizer";
import { Recorder } from "./recorder";
import { StepStateBuffer } from "./step-state";

let open: OpenDevice;
beforeAll(async () => {
  open = await openDevice(navigator.gpu);
});
afterAll(() => open.close());

const LEARNING_RATE = 0.07;
const MOMENTUM = 0.9;
const WEIGHT_DECAY = 0.0005;
const ROWS = 3;
/** What is no parameter: padding up to a vector holds zeros, all else must keep this. */
const UNTOUCHED = -3;

/** [floats, decays, trained, rate factor, gradient factor]: off a vector's and a chunk's edges, every kind of parameter. */
const KINDS = [
  [1, false, true, 1, 1],
  [4096, true, true, 1, 1],
  [63, false, false, 1, 1],
  [4100, true, true, 1, 0.125],
  [9 * 2179, true, true, 1, 1],
  [65, false, true, 2.5, 1],
  [130, true, false, 1, 1],
] as const;

interface Problem {
  readonly segments: readonly ParameterSegment[];
  readonly floats: number;
  /** Parameters, accumulators, gradients; flat. */
  readonly buffers: readonly [Float32Array, Float32Array, Float32Array];
}

function problem(): Problem {
  let floats = 0;
  const segments = KINDS.map(([count, decays, trained, rateFactor, gradientFactor]): ParameterSegment => {
    const offset = floats;
    floats = 64 * Math.ceil((offset + count + 8) / 64);
    return { offset, count, decays, trained, rateFactor, gradientFactor };
  });
  const flat = (which: number): Float32Array => {
    const values = new Float32Array(floats).fill(UNTOUCHED);
    segments.forEach(({ offset, count }, i) => {
      values.fill(0, offset, offset + 4 * Math.ceil(count / 4));
      values.set(randomTensor([count], 10 * which + i).data, offset);
    });
    return values;
  };
  return { segments, floats, buffers: [flat(1), flat(2), flat(3)] };
}

/** Two steps and the metrics of both; the ring's rows 2 and 0 are theirs. */
async function run({ segments, buffers }: Problem, penalised: boolean, maxBytes?: number) {
  const memory = new DeviceMemory(open.device);
  const recorder = new Recorder(memory);
  const [parameters, momentumBuffer, gradients] = buffers.map((data, i) => memory.upload(`flat ${i}`, data)) as [
    BufferView,
    BufferView,
    BufferView,
  ];
  const stepState = new StepStateBuffer(memory);
  const state = stepState.view;
  const flat = { parameters, momentumBuffer, gradients };
  const rates = { weightDecay: WEIGHT_DECAY, momentum: MOMENTUM };
  const squaredNorms = recordUpdate(recorder, { segments, ...rates, ...flat, state }, maxBytes);
  const ring = memory.upload("ring", new Float32Array(8 * ROWS + 8).fill(UNTOUCHED));
  const loss = memory.upload("loss", Float32Array.of(2, 0.25, 7, 7));
  const penalties = penalised ? memory.upload("penalties", Float32Array.of(3, 4, 5, 7)) : null;
  recordTerms(recorder, { loss, penalties, squaredNorms, weightDecay: WEIGHT_DECAY, ring: { ...ring, bytes: 32 * ROWS }, state });
  const recording = await recorder.finish();
  for (const [step, metricsRow] of [2, 0].entries()) {
    const rest = { orderStart: 0, dropoutSeed: 0, augmentSeed: 0 };
    stepState.write({ step, learningRate: LEARNING_RATE / (step + 1), metricsRow, ...rest });
    recording.submit();
  }
  const read = async (view: BufferView) => new Float32Array(await readBack(open.device, view));
  const result = { parameters: await read(parameters), momentum: await read(momentumBuffer), ring: await read(ring) };
  memory.dispose();
  return { ...result, dispatches: recording.dispatches };
}

/** The oracle's parameters and accumulators after two steps, and l2 before each. */
function expected({ segments, buffers }: Problem) {
  const l2 = [0, 0];
  const moved = segments.map(({ offset, count, decays, trained, rateFactor, gradientFactor = 1 }) => {
    const [w, accumulator, gradient] = buffers.map((data) => tensor64([count], data.subarray(offset, offset + count)));
    let now = { parameters: new Map([["w", w!]]), accumulators: new Map([["w", accumulator!]]) };
    for (let step = 0; step < 2; step++) {
      const before = now.parameters.get("w") as Tensor64;
      if (decays) l2[step] = l2[step]! + WEIGHT_DECAY * halfSquaredNorm(before);
      const decay = decays ? WEIGHT_DECAY : 0;
      const slope = tensor64(
        [count],
        gradient!.data.map((value, i) => gradientFactor * value + decay * before.data[i]!),
      );
      const rates = { learningRate: (LEARNING_RATE / (step + 1)) * rateFactor, momentum: MOMENTUM };
      if (trained) now = descend(now, new Map([["w", slope]]), rates, new Set()) as typeof now;
    }
    return { offset, count, w: now.parameters.get("w")!.data, accumulator: now.accumulators.get("w")!.data };
  });
  return { moved, l2 };
}

test("two steps move every parameter, and only what is trained, as the float64 oracle does", async () => {
  const posed = problem();
  const actual = await run(posed, true);
  expect(actual.dispatches).toBe(2);
  const { moved, l2 } = expected(posed);
  const touched = new Set<number>();
  for (const { offset, count, w, accumulator } of moved) {
    for (let i = 0; i < 4 * Math.ceil(count / 4); i++) {
      touched.add(offset + i);
      // A handful of float32 roundings of values of at most some 10.
      expect(Math.abs(actual.parameters[offset + i]! - (w[i] ?? 0))).toBeLessThan(2e-6);
      expect(Math.abs(actual.momentum[offset + i]! - (accumulator[i] ?? 0))).toBeLessThan(2e-6);
    }
  }
  expect(actual.parameters.every((value, i) => touched.has(i) || value === UNTOUCHED)).toBe(true);
  expect(actual.momentum.every((value, i) => touched.has(i) || value === UNTOUCHED)).toBe(true);
  [2, 0].forEach((row, step) => {
    const terms = [...actual.ring.subarray(8 * row, 8 * row + 8)];
    // Some 10,000 float32 squares of one sign, summed in two levels.
    expect(Math.abs(terms[1]! / l2[step]! - 1)).toBeLessThan(1e-6);
    expect(terms.toSpliced(1, 1)).toEqual([2, 3, 4, 5, 0.25, 0, 0]);
  });
  expect([...actual.ring.subarray(8, 16), ...actual.ring.subarray(24)]).toEqual(new Array(16).fill(UNTOUCHED));
});

test("untrained parameters keep their bits", async () => {
  const posed = problem();
  const actual = await run(posed, true);
  for (const { offset, count } of posed.segments.filter(({ trained }) => !trained)) {
    const [start, end] = [offset, offset + count];
    expect(actual.parameters.slice(start, end)).toEqual(posed.buffers[0].slice(start, end));
    expect(actual.momentum.slice(start, end)).toEqual(posed.buffers[1].slice(start, end));
  }
});

test("a stage without penalties writes zeros for them", async () => {
  const { ring } = await run(problem(), false);
  expect([...ring.subarray(2, 5)]).toEqual([0, 0, 0]);
});

test("twice gives the same bits, and bindings too small for all parameters the same parameters", async () => {
  const posed = problem();
  const first = await run(posed, true);
  expect(await run(posed, true)).toEqual(first);
  const windowed = await run(posed, true, 4 * 5000);
  expect(windowed.dispatches).toBeGreaterThan(2);
  expect([windowed.parameters, windowed.momentum]).toEqual([first.parameters, first.momentum]);
  // The parts of the norm stand elsewhere, so that they are added in another order.
  expect(Math.abs(windowed.ring[1]! / first.ring[1]! - 1)).toBeLessThan(1e-6);
});
