import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { flatIndex, flatten, networkProblem, type PenaltyProblem } from "../../tests/support/penalty-problem";
import { parseFixture, penaltyProblem } from "../model/golden";
import { parseGrouping } from "../model/grouping";
import type { ConvLayer, ModelSpec } from "../model/spec";
import { wideResnet } from "../model/wide-resnet";
import type { PenaltyRecipe } from "../reference/network-penalties";
import { type OpenDevice, openDevice } from "./device";
import { type BufferView, DeviceMemory, readBack } from "./device-memory";
import { recordPenalties } from "./penalties";
import type { Precision } from "./pipelines";
import { Recorder } from "./recorder";
import { poisoned, readOutput } from "./testing";

let open: OpenDevice;
beforeAll(async () => {
  open = await openDevice(navigator.gpu);
});
afterAll(() => open.close());

const RECIPE: PenaltyRecipe = { overlap: 0.7, weightSplit: 1.3, uniform: 2.9, weightedSplit: true, epsilon: 1e-12 };
/** Some thousand float32 roundings of values of one sign. */
const VALUES = 1e-6;
/** Relative to the largest gradient of a tensor: float32 of p, of masses and of norms, each some 1e-7, and cancelling groups. */
const GRADIENTS = 1e-5;
/** Shares that differ by 1 % leave 1 % of what is summed for a logit: float32 of the shares alone is 1e-5 of it. */
const FRESH_GRADIENTS = 1e-4;

interface Run {
  readonly terms: Float32Array;
  readonly gradients: Float32Array;
}

/** Runs the kernels once on gradients that hold `before` of the data. */
async function run(
  problem: PenaltyProblem,
  recipe: PenaltyRecipe,
  before: Float32Array,
  { gradientScale = 1, maxBytes, precision }: { gradientScale?: number; maxBytes?: number; precision?: Precision } = {},
) {
  const memory = new DeviceMemory(open.device);
  const recorder = new Recorder(memory, precision);
  const guarded = new Float32Array(problem.floats + 64).fill(-3);
  guarded.set(before);
  const gradients: BufferView = { ...memory.upload("gradients", guarded), bytes: 4 * problem.floats };
  const terms = poisoned(memory, "terms", 4);
  const { weightedSplit, epsilon } = recipe;
  const parameters = memory.upload("parameters", flatten(problem));
  const buffers = { parameters, gradients, gradientScale, terms };
  recordPenalties(recorder, { ...problem.network, weights: recipe, weightedSplit, epsilon, ...buffers }, maxBytes);
  const recording = await recorder.finish();
  recording.submit();
  const read = new Float32Array(await readBack(open.device, { ...gradients, bytes: 4 * guarded.length }));
  expect(read.subarray(problem.floats).every((value) => value === -3)).toBe(true);
  const result: Run = { terms: await readOutput(open.device, terms, 4), gradients: read.slice(0, problem.floats) };
  recording.dispose();
  memory.dispose();
  return { ...result, dispatches: recording.dispatches };
}

/** A data gradient for every weight, poison for every logit, zero for all padding. */
function dataGradients(problem: PenaltyProblem): Float32Array {
  const flat = new Float32Array(problem.floats);
  for (const [name, placed] of problem.placed)
    placed.tensor.data.forEach((_, at) => {
      flat[flatIndex(placed, at)] = name.endsWith("/logits") ? -7.5e11 : Math.fround(0.01 * Math.sin(at));
    });
  return flat;
}

/** Terms, gradients added to the data's, logits written over, nothing elsewhere. */
function expectPenalties(
  problem: PenaltyProblem,
  recipe: PenaltyRecipe,
  { terms, gradients }: Run,
  scale = 1,
  tolerance = GRADIENTS,
): void {
  const expected = problem.expected(recipe);
  [expected.overlap, expected.weightSplit, expected.uniform].forEach((value, i) => {
    expect(Math.abs(terms[i]! - value), `term ${i}`).toBeLessThanOrEqual(VALUES * Math.max(value, 1e-3));
  });
  expect(terms[3]).toBe(0);
  const before = dataGradients(problem);
  const seen = new Set<number>();
  for (const [name, placed] of problem.placed) {
    const gradient = expected.gradients.get(name)!.data;
    const largest = Math.max(...Array.from(gradient, Math.abs));
    let worst = 0;
    gradient.forEach((value, at) => {
      const index = flatIndex(placed, at);
      const data = name.endsWith("/logits") ? 0 : before[index]!;
      seen.add(index);
      // The sum with the data's gradient rounds once more.
      worst = Math.max(worst, Math.abs(gradients[index]! - data - scale * value) - Math.abs(data) * 2e-7);
    });
    expect(worst / (scale * largest), name).toBeLessThan(name.endsWith("/logits") ? tolerance : GRADIENTS);
  }
  expect(gradients.every((value, index) => seen.has(index) || value === 0)).toBe(true);
}

describe.each(["2-2-2", "2-4-4", "1-2-3"])("a wide residual network with groups %s", (grouping) => {
  const options = { residualUnits: 1, widen: 1, classes: 100, blockOrder: "pre-activation", dropout: false } as const;
  const spec = wideResnet({ ...options, grouping: parseGrouping(grouping) });

  test.each([
    ["fresh", 0.01, true, FRESH_GRADIENTS],
    ["learned", 2, true, GRADIENTS],
    ["plainly averaged", 2, false, GRADIENTS],
    ["all but hard", 30, true, GRADIENTS],
  ] as const)(
    "%s assignments have the penalties and gradients of the float64 oracle",
    async (_, deviation, weightedSplit, tolerance) => {
      const problem = networkProblem(spec, deviation);
      const recipe = { ...RECIPE, weightedSplit };
      const result = await run(problem, recipe, dataGradients(problem));
      expect(result.dispatches).toBe(6);
      expectPenalties(problem, recipe, result, 1, tolerance);
    },
  );

  test("the loss scale multiplies gradients and no term", async () => {
    const problem = networkProblem(spec, 1);
    expectPenalties(problem, RECIPE, await run(problem, RECIPE, dataGradients(problem), { gradientScale: 1024 }), 1024);
  });

  test("twice gives the same bits, and so do bindings too small for all parameters", async () => {
    const problem = networkProblem(spec, 1);
    const [first, second] = [
      await run(problem, RECIPE, dataGradients(problem)),
      await run(problem, RECIPE, dataGradients(problem)),
    ];
    expect(second).toEqual(first);
    const { dispatches, ...windowed } = await run(problem, RECIPE, dataGradients(problem), {
      maxBytes: 9 * 64 * 64 * 4,
    });
    expect(dispatches).toBeGreaterThan(6);
    expect(windowed).toEqual({ terms: first.terms, gradients: first.gradients });
  });
});

test("activations stored in half precision change no bit, on any device", async () => {
  const problem = networkProblem(oneLayer(9, 17, 20, 2, 2, 3), 1);
  const single = await run(problem, RECIPE, dataGradients(problem));
  expect(await run(problem, RECIPE, dataGradients(problem), { precision: "f16" })).toEqual(single);
});

// [taps, inputs, outputs, groups of the layer, of the inputs, of the outputs]: off every tile's edge, many groups, uneven merges.
test.each([
  [9, 1, 1, 2, 2, 2],
  [1, 3, 5, 3, 3, 3],
  [9, 17, 65, 2, 3, 5],
  [9, 63, 130, 2, 2, 2],
  [9, 68, 12, 8, 8, 8],
  [1, 129, 67, 11, 11, 23],
])("%i x %i x %i weights in %i of %i and %i groups agree with the float64 oracle", async (...shape) => {
  const problem = networkProblem(oneLayer(...shape), 1);
  expectPenalties(problem, RECIPE, await run(problem, RECIPE, dataGradients(problem)));
});

const fixture = parseFixture(JSON.parse(readFileSync(new URL("../../tests/fixtures/penalties.json", import.meta.url), "utf8")));
test.each(fixture.kind === "penalties" ? fixture.cases : [])(
  "penalties of a weight $weightShape in $groups groups are those of the independent implementation",
  async (item) => {
    const { weightShape, groups } = item;
    const [inputs, outputs] = [weightShape.at(-2)!, weightShape.at(-1)!];
    const problem = networkProblem(oneLayer(weightShape[0] === 3 ? 9 : 1, inputs, outputs, groups, groups, groups), 1);
    const { weight, inputLogits, outputLogits } = penaltyProblem(item);
    const values = [weight, inputLogits, outputLogits].map(({ data }) => Float32Array.from(data));
    [...problem.placed.values()].forEach(({ tensor }, i) => {
      tensor.data.set(values[i]!);
    });
    const recipe = { overlap: 1, weightSplit: 1, uniform: 1, weightedSplit: false, epsilon: 0 };
    const { terms, gradients } = await run(problem, recipe, new Float32Array(problem.floats));
    const mean = ([input, output]: readonly number[]) => (input! + output!) / 2;
    [mean(item.overlap!), item.weightSplit!, mean(item.uniform!)].forEach((value, i) => {
      expect(Math.abs(terms[i]! / value - 1), `term ${i}`).toBeLessThan(VALUES);
    });
    const placed = problem.placed.get("layer/kernel")!;
    const largest = Math.max(...item.gradW!.map(Math.abs));
    item.gradW!.forEach((value, at) => {
      expect(Math.abs(gradients[flatIndex(placed, at)]! - value) / largest).toBeLessThan(GRADIENTS);
    });
  },
);

test("a network without weights in any group or with hard zeros has no gradient that is not a number", async () => {
  const problem = networkProblem(oneLayer(9, 4, 4, 2, 2, 2), 200);
  for (const { tensor } of problem.placed.values()) if (tensor.shape.length === 4) tensor.data.fill(0);
  const { terms, gradients } = await run(problem, { ...RECIPE, epsilon: 0 }, new Float32Array(problem.floats));
  expect(Number.isFinite(terms[1])).toBe(true);
  expect(gradients.every(Number.isFinite)).toBe(true);
});

/** One convolution between two spaces, of 3 x 3 or 1 x 1 taps. */
function oneLayer(
  taps: number,
  inputs: number,
  outputs: number,
  groups: number,
  inputGroups: number,
  outputGroups: number,
): ModelSpec {
  const layer: ConvLayer = {
    ...{ kind: "conv", name: "layer", input: "x", kernelSize: taps === 9 ? 3 : 1, stride: 1 },
    ...{ inputSpace: "in", outputSpace: "out", groups, introduces: ["in", "out"], blocks: null, counted: true },
  };
  const spaces = [
    { name: "in", size: inputs, groups: inputGroups, publishedName: null },
    { name: "out", size: outputs, groups: outputGroups, publishedName: null },
  ];
  return { name: "one layer", spaces, layers: [layer] };
}
