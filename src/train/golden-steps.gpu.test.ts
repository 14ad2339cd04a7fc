import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type OpenDevice, openDevice } from "../kernels/device";
import { DeviceMemory } from "../kernels/device-memory";
import { parseFixture } from "../model/golden";
import type { ModelSpec } from "../model/spec";
import { runNetwork } from "../reference/network";
import { evaluateObjective } from "../reference/objective";
import { type Tensors64, widen } from "../reference/tensor64";
import { type GoldenProblem, goldenStepState, groupProblem, prepareGoldenStep, splitProblem } from "./golden-run";
import { trainedParameters } from "./objective";
import { reportOf } from "./stage-trainer";
import type { TrainState } from "./state";

const folder = new URL("../../tests/fixtures/", import.meta.url);
const fixtures = readdirSync(folder)
  .filter((name) => /^(group|split)/.test(name))
  .map((name) => [name, parseFixture(JSON.parse(readFileSync(new URL(name, folder), "utf8")))] as const);

let device: OpenDevice;
beforeAll(async () => {
  device = await openDevice(navigator.gpu);
});
afterAll(() => device.close());

/** Float32 inputs of ReLUs are right to about 1e-6: nearer to zero than this, rounding decides whether a ReLU is open. */
const EDGE = 1e-5;

// The trajectories of the golden problems part where a ReLU input lies within rounding of zero (docs/design/numerics.md). Every single step
// is decided all the same: from the device's own state the float64 oracle takes the same step.
test.each(fixtures)("every step of %s is the float64 oracle's from the same state", { timeout: 300_000 }, async (_, fixture) => {
  if (fixture.kind === "penalties") throw new Error("no steps");
  const memory = new DeviceMemory(device.device);
  const problem = fixture.kind === "group" ? groupProblem(fixture) : await splitProblem(memory, fixture);
  const step = await prepareGoldenStep(memory, problem);
  let before = problem.start;
  for (let index = 0; index < fixture.steps; index++) {
    step.run(goldenStepState(index, fixture.learningRate));
    const [terms] = await step.takeTerms();
    const after = await step.readState(index + 1);
    compareStep(problem, before, after, terms!);
    before = after;
  }
  memory.dispose();
});

function compareStep(problem: GoldenProblem, before: TrainState, after: TrainState, terms: Float32Array): void {
  const { spec, options, batch } = problem;
  const state = { parameters: widen(before.parameters), statistics: widen(before.statistics) };
  const images = { shape: [batch.labels.length, 32, 32, 3], data: Float64Array.from(batch.images) };
  const penalties = {
    ...(options.penaltyWeights ?? { overlap: 0, weightSplit: 0, uniform: 0 }),
    weightedSplit: options.weightedSplit,
    epsilon: options.groupLassoEpsilon,
  };
  const { weightDecay } = options;
  const oracle = evaluateObjective(spec, state, { images, labels: batch.labels }, { weightDecay, penalties });
  const { accuracy: _, ...losses } = reportOf(terms);
  for (const [term, value] of Object.entries(oracle.losses)) {
    expect(Math.abs(Reflect.get(losses, term) - value), term).toBeLessThanOrEqual(1e-5 * Math.abs(value));
  }
  for (const [name, { data }] of after.statistics) {
    // Means near zero are sums of values of the size of one.
    expect(worstOf(data, oracle.statistics.get(name)!.data, 1), name).toBeLessThanOrEqual(1e-5);
  }
  const activations = runNetwork(spec, state, images, { kind: "training", dropout: null }).activations;
  const undecided = layersBeforeAnEdge(spec, activations);
  for (const { name, layer } of trainedParameters(spec, options)) {
    const last = before.momentum.get(name)!.data;
    const gradient = after.momentum.get(name)!.data.map((value, i) => value - options.momentum * last[i]!);
    // A ReLU on the wrong side takes or gives one value's gradient of thousands.
    const tolerance = undecided.has(layer) ? 0.2 : 1e-3;
    expect(worstOf(gradient, oracle.gradients.get(name)!.data), name).toBeLessThanOrEqual(tolerance);
  }
}

/** Layers whose gradients pass a ReLU input within `EDGE` of zero. */
function layersBeforeAnEdge(spec: ModelSpec, activations: Tensors64): ReadonlySet<string> {
  const onEdge = spec.layers.findLastIndex(
    (layer) => layer.kind === "relu" && activations.get(layer.input)!.data.some((value) => Math.abs(value) < EDGE),
  );
  return new Set(spec.layers.slice(0, onEdge + 1).map(({ name }) => name));
}

/** Largest difference, relative to the largest expected value or to `least` where that is larger. */
function worstOf(actual: ArrayLike<number>, expected: ArrayLike<number>, least = 0): number {
  expect(actual.length).toBe(expected.length);
  let [worst, largest] = [0, least];
  for (let i = 0; i < expected.length; i++) {
    worst = Math.max(worst, Math.abs(actual[i]! - expected[i]!));
    largest = Math.max(largest, Math.abs(expected[i]!));
  }
  return largest === 0 ? worst : worst / largest;
}
