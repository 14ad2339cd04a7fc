import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Matrix, matrix } from "../base/matrix";
import { totalCost } from "../model/cost";
import {
  type Filled,
  type GroupFixture,
  goldenImages,
  goldenLabels,
  goldenParameters,
  goldenSpec,
  type PenaltiesFixture,
  parseFixture,
  penaltyProblem,
  publishedNames,
  type SplitFixture,
  toHostTensors,
} from "../model/golden";
import { initialStatistics } from "../model/initial";
import type { Losses } from "../model/run";
import type { ModelSpec } from "../model/spec";
import { discretize } from "../splitnet/discretize";
import { groupSizes } from "../splitnet/partition";
import { planSplit } from "../splitnet/plan";
import { classGroupsOf } from "../splitnet/savings";
import { sliceState } from "../splitnet/slice";
import { assignmentGradient, assignmentOf } from "./assignment";
import { type DescentState, descend, frozenScales } from "./descent";
import type { NetworkState64 } from "./layer";
import { runNetwork } from "./network";
import { evaluateObjective, type Objective } from "./objective";
import { overlap, overlapGradient } from "./overlap";
import { normOf, type Tensor64, type Tensors64, widen } from "./tensor64";
import { uniform, uniformGradient } from "./uniform";
import { weightSplit, weightSplitGradients } from "./weight-split";

const folder = new URL("../../tests/fixtures/", import.meta.url);
const fixtures = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .map((name) => ({ name, fixture: parseFixture(JSON.parse(readFileSync(new URL(name, folder), "utf8"))) }));

/** Fixtures are printed with nine digits. */
const PRINTED = 1e-8;
/** A split passes through float32 tensors, which round each weight by up to 6e-8. */
const THROUGH_FLOAT32 = 1e-6;

for (const { name, fixture } of fixtures) {
  describe(name, () => {
    if (fixture.kind === "group") checkGroup(fixture);
    else if (fixture.kind === "split") checkSplit(fixture);
    else checkPenalties(fixture);
  });
}

function checkGroup(fixture: GroupFixture): void {
  const spec = goldenSpec(fixture);
  const published = publishedNames(spec);
  const expected = fixture.expect;
  const parameters = goldenParameters(spec);

  test("the network has the published parameters and no other", () => {
    const shapes = Object.fromEntries([...parameters].map(([name, { shape }]) => [published.get(name), shape]));
    expect(shapes).toEqual(expected.parameterShapes);
  });

  test("losses, gradients and logits are those of the independent implementation", () => {
    const fixed = fixture.trainBnScale ? new Set<string>() : frozenScales(spec);
    const run = train(spec, { parameters, statistics: widen(initialStatistics(spec)) }, fixture, goldenLabelsOf(fixture), fixed);
    expectLosses(run.losses, expected.losses, PRINTED);
    expectLogits(run.logitsStep0, expected.logitsStep0, PRINTED);
    const norms = [...run.gradientsStep0]
      .filter(([name]) => !fixed.has(name))
      .map(([name, g]) => [published.get(name), normOf(g)]);
    expect(norms.map(([name]) => name).sort()).toEqual(Object.keys(expected.gradientNormStep0!).sort());
    for (const [name, norm] of norms)
      expectClose(Number(norm), expected.gradientNormStep0![String(name)]!, PRINTED, String(name));
    const after = runNetwork(spec, run.state, goldenImages(fixture.batch), { kind: "inference" });
    expectLogits(after.logits, expected.evalLogitsAfter, PRINTED);
  });
}

function checkSplit(fixture: SplitFixture): void {
  const dense = goldenSpec(fixture);
  const expected = fixture.expect;
  const warmed = warmUp(dense, fixture);
  const host = { parameters: toHostTensors(warmed.parameters), statistics: toHostTensors(warmed.statistics) };
  const partitions = discretize(dense, host.parameters, "fail");
  const plan = planSplit(goldenSpec(fixture, fixture.blockOrder), partitions);
  const sliced = sliceState(dense, plan, host);
  const start = { parameters: widen(sliced.parameters), statistics: widen(sliced.statistics) };

  test("group sizes, class groups and costs are exact", () => {
    for (const space of dense.spaces.filter(({ groups }) => groups > 1)) {
      const name = /split_(\w+)\//.exec(space.publishedName!)![1]!;
      expect(groupSizes(partitions.get(space.name)!), name).toEqual(expected.groupSizes![name]);
    }
    expect(classGroupsOf(plan)).toEqual(expected.classGroups);
    expect(totalCost(plan.spec)).toEqual({ parameters: expected.parameters, flops: expected.flopsPerImage });
  });

  test("logits at the split and fine-tuning losses are those of the independent implementation", () => {
    const { logits } = runNetwork(plan.spec, start, goldenImages(fixture.batch), { kind: "inference" });
    expectLogits(inClassOrder(logits, plan.classOrder), expected.evalLogitsAtSplit, THROUGH_FLOAT32);
    const labels = goldenLabelsOf(fixture).map((label) => plan.classOrder.indexOf(label));
    const fixed = fixture.trainBnScale ? new Set<string>() : frozenScales(plan.spec);
    expectLosses(train(plan.spec, start, fixture, labels, fixed).losses, expected.losses, THROUGH_FLOAT32);
  });
}

function checkPenalties(fixture: PenaltiesFixture): void {
  test.each(fixture.cases)("penalties and gradients of a weight $weightShape in $groups groups", (item) => {
    const { weight, inputLogits, outputLogits } = penaltyProblem(item);
    const p = assignmentOf(asMatrix(inputLogits));
    const q = assignmentOf(asMatrix(outputLogits));
    expectClose(weightSplit(weight, p, q, 0), item.weightSplit!, PRINTED, "weightSplit");
    [p, q].forEach((side, index) => {
      expectClose(overlap(side), item.overlap![index]!, PRINTED, "overlap");
      expectClose(uniform(side), item.uniform![index]!, PRINTED, "uniform");
    });
    const gradients = weightSplitGradients(weight, p, q, 0, 1);
    expectAll(gradients.weight.data, item.gradW!, PRINTED);
    expectAll(assignmentGradient(sum(gradients.p, overlapGradient(p, 2)), p).data, item.gradInputAlpha!, PRINTED);
    expectAll(assignmentGradient(sum(gradients.q, uniformGradient(q, 3)), q).data, item.gradOutputAlpha!, PRINTED);
  });
}

function objectiveOf(fixture: GroupFixture | SplitFixture): Objective {
  return {
    weightDecay: fixture.weightDecay,
    penalties: { ...fixture.penaltyWeights, weightedSplit: fixture.weightedSplit, epsilon: 0 },
  };
}

function goldenLabelsOf(fixture: GroupFixture | SplitFixture): Int32Array {
  return goldenLabels(fixture.batch, fixture.model.classes);
}

/** Training-mode forwards that change the running statistics only. */
function warmUp(spec: ModelSpec, fixture: SplitFixture): NetworkState64 {
  const parameters = goldenParameters(spec);
  let statistics = widen(initialStatistics(spec));
  for (let forward = 0; forward < fixture.warmupForwards; forward++) {
    const mode = { kind: "training", dropout: null } as const;
    statistics = runNetwork(spec, { parameters, statistics }, goldenImages(fixture.batch), mode).statistics;
  }
  return { parameters, statistics };
}

function train(
  spec: ModelSpec,
  start: NetworkState64,
  fixture: GroupFixture | SplitFixture,
  labels: ArrayLike<number>,
  fixed: ReadonlySet<string>,
) {
  const batch = { images: goldenImages(fixture.batch), labels };
  let descent: DescentState = { parameters: start.parameters, accumulators: new Map() };
  let statistics = start.statistics;
  const losses: Losses[] = [];
  let first: { readonly logits: Tensor64; readonly gradients: Tensors64 } | undefined;
  for (let step = 0; step < fixture.steps; step++) {
    const value = evaluateObjective(spec, { parameters: descent.parameters, statistics }, batch, objectiveOf(fixture));
    first ??= value;
    losses.push(value.losses);
    statistics = value.statistics;
    descent = descend(descent, value.gradients, fixture, fixed);
  }
  return {
    losses,
    logitsStep0: first!.logits,
    gradientsStep0: first!.gradients,
    state: { parameters: descent.parameters, statistics },
  };
}

/** Columns of split logits back in label order. */
function inClassOrder(logits: Tensor64, classOrder: readonly number[]): Tensor64 {
  const data = new Float64Array(logits.data.length);
  logits.data.forEach((value, i) => {
    const position = i % classOrder.length;
    data[i - position + classOrder[position]!] = value;
  });
  return { shape: logits.shape, data };
}

function expectLosses(actual: readonly Losses[], expected: readonly Losses[] | undefined, tolerance: number): void {
  expect(actual.length).toBe(expected!.length);
  actual.forEach((losses, step) => {
    for (const term of ["crossEntropy", "l2", "overlap", "weightSplit", "uniform", "total"] as const) {
      expectClose(losses[term], expected![step]![term], tolerance, `${term} of step ${step}`);
    }
  });
}

/** Fixtures keep the first rows only. */
function expectLogits(logits: Tensor64, expected: readonly (readonly number[])[] | undefined, tolerance: number): void {
  const rows = expected!;
  expect(rows.length).toBeGreaterThan(0);
  expectAll(logits.data.subarray(0, rows.length * logits.shape[1]!), rows.flat(), tolerance);
}

/** Every difference within `tolerance` of the largest expected value. */
function expectAll(actual: Float64Array, expected: readonly number[], tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  const scale = Math.max(...expected.map(Math.abs));
  const worst = Math.max(...expected.map((value, i) => Math.abs(actual[i]! - value)));
  expect(worst / scale).toBeLessThan(tolerance);
}

function expectClose(actual: number, expected: number, tolerance: number, what: string): void {
  expect(Math.abs(actual - expected), `${what}: ${actual} instead of ${expected}`).toBeLessThanOrEqual(
    tolerance * Math.abs(expected),
  );
}

function asMatrix({ shape, data }: Filled): Matrix {
  return matrix(shape[0]!, shape[1]!, data);
}

function sum(left: Matrix, right: Matrix): Matrix {
  return matrix(
    left.rows,
    left.columns,
    left.data.map((value, i) => value + right.data[i]!),
  );
}
