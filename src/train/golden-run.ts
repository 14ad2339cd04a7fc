import {
  add,
  mean,
  mul,
  square,
  type Tensor,
  type Tensor2D,
  tensor,
  tensor2d,
  tensor4d,
  tidy,
  valueAndGrads,
} from "@tensorflow/tfjs-core";
import { hostTensor } from "../base/tensor";
import { totalCost } from "../model/cost";
import {
  type Filled,
  type Fixture,
  type GroupFixture,
  goldenImages,
  goldenLabels,
  goldenParameters,
  goldenSpec,
  type PenaltiesFixture,
  type PenaltyCase,
  penaltyProblem,
  publishedNames,
  type SplitFixture,
  toHostTensors,
} from "../model/golden";
import { initialStatistics } from "../model/initial";
import { assignmentParameters, layerParameters } from "../model/parameters";
import type { ModelSpec } from "../model/spec";
import { discretize } from "../splitnet/discretize";
import { mergedSizes, planSplit } from "../splitnet/plan";
import { classGroupsOf } from "../splitnet/savings";
import { sliceState } from "../splitnet/slice";
import type { SplitPlan } from "../splitnet/split-plan";
import { forward } from "./network";
import { assignmentOfLogits, overlapPenalty, uniformPenalty, weightSplitPenalty } from "./penalties";
import { startingFrom, type TrainState } from "./state";
import { disposeAll } from "./tensors";
import { type Batch, lossesOf, Trainer, type TrainerOptions } from "./trainer";

/** Rows of logits a fixture lists when it does not say otherwise. */
const LISTED_ROWS = 2;
/** Added under square roots; far below the sixth digit of any fixture. */
const EPSILON = 1e-12;

/** Runs a golden problem on the open device and returns what its `expect` lists, by the same keys. */
export async function runGolden(fixture: Fixture): Promise<Record<string, unknown>> {
  switch (fixture.kind) {
    case "group":
      return runGroup(fixture);
    case "split":
      return runSplit(fixture);
    case "penalties":
      return { cases: await runPenalties(fixture) };
    default:
      return fixture satisfies never;
  }
}

async function runGroup(fixture: GroupFixture): Promise<Record<string, unknown>> {
  const spec = goldenSpec(fixture);
  const { expect, steps } = fixture;
  const trainer = new Trainer(spec, trainerOptions(fixture), goldenState(spec));
  try {
    const batch = goldenBatch(fixture);
    const first = await firstStep(spec, fixture, batch);
    const losses = await trainLosses(trainer, fixture, batch, steps);
    return {
      losses: losses.map(({ accuracy: _, ...terms }) => terms),
      logitsStep0: first.logits.slice(0, expect.logitsStep0?.length ?? LISTED_ROWS),
      gradientNormStep0: first.norms,
      evalLogitsAfter: (await inferenceLogits(trainer, batch)).slice(0, expect.evalLogitsAfter?.length ?? LISTED_ROWS),
      parameterShapes: shapesByPublishedName(spec),
    };
  } finally {
    trainer.dispose();
  }
}

async function runSplit(fixture: SplitFixture): Promise<Record<string, unknown>> {
  const dense = goldenSpec(fixture);
  const batch = goldenBatch(fixture);
  const start = await warmedUp(dense, fixture, batch);
  const plan = planSplit(goldenSpec(fixture, fixture.blockOrder), discretize(dense, start.parameters, "fail"));
  const sliced = sliceState(dense, plan, start);
  const trainer = new Trainer(
    plan.spec,
    { ...trainerOptions(fixture), penaltyWeights: null },
    startingFrom(sliced.parameters, sliced.statistics),
  );
  try {
    const logits = (await inferenceLogits(trainer, batch)).map((row) =>
      plan.classOrder.map((_, label) => row[plan.classOrder.indexOf(label)]!),
    );
    const labels = batch.labels.map((label) => plan.classOrder.indexOf(label));
    const losses = await trainLosses(trainer, fixture, { ...batch, labels }, fixture.steps);
    const { parameters, flops } = totalCost(plan.spec);
    return {
      groupSizes: publishedGroupSizes(dense, plan, fixture),
      classGroups: classGroupsOf(plan),
      evalLogitsAtSplit: logits.slice(0, fixture.expect.evalLogitsAtSplit?.length ?? LISTED_ROWS),
      losses: losses.map(({ crossEntropy, l2, total }) => ({ crossEntropy, l2, total })),
      parameters,
      flopsPerImage: flops,
    };
  } finally {
    trainer.dispose();
  }
}

function trainerOptions(fixture: GroupFixture | SplitFixture): TrainerOptions {
  return {
    weightDecay: fixture.weightDecay,
    momentum: fixture.momentum,
    trainBatchNormScale: fixture.trainBnScale,
    penaltyWeights: fixture.penaltyWeights,
    weightedSplit: fixture.weightedSplit,
    assignmentRateFactor: 1,
    groupLassoEpsilon: EPSILON,
  };
}

function goldenState(spec: ModelSpec): TrainState {
  return startingFrom(toHostTensors(goldenParameters(spec)), initialStatistics(spec));
}

function goldenBatch({ batch, model }: GroupFixture | SplitFixture): Batch {
  return { images: Float32Array.from(goldenImages(batch).data), labels: goldenLabels(batch, model.classes) };
}

/** Logits and gradient norms of the first step, on a trainer of its own: the pass moves running statistics. */
async function firstStep(
  spec: ModelSpec,
  fixture: GroupFixture,
  batch: Batch,
): Promise<{ logits: number[][]; norms: Record<string, number> }> {
  const probe = new Trainer(spec, trainerOptions(fixture), goldenState(spec));
  const { terms, gradients, logits } = probe.gradients(batch, null);
  const names = publishedNames(spec);
  const norms: Record<string, number> = {};
  for (const [name, gradient] of Object.entries(gradients)) norms[names.get(name) ?? name] = norm(await gradient.data());
  const rows = await rowsOf(logits);
  disposeAll(new Map(Object.entries({ ...gradients, terms, logits })));
  probe.dispose();
  return { logits: rows, norms };
}

function norm(values: ArrayLike<number>): number {
  return Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0));
}

async function trainLosses(trainer: Trainer, { learningRate }: { learningRate: number }, batch: Batch, steps: number) {
  const losses: ReturnType<typeof lossesOf>[] = [];
  for (let step = 0; step < steps; step++) {
    const terms = trainer.step(batch, learningRate, null);
    losses.push(lossesOf(await terms.data()));
    terms.dispose();
  }
  return losses;
}

async function inferenceLogits(trainer: Trainer, batch: Batch): Promise<number[][]> {
  const logits = tidy(() =>
    forward(trainer.network, tensor4d(batch.images, [batch.labels.length, 32, 32, 3]), { kind: "inference", dropout: null }),
  );
  const rows = await rowsOf(logits);
  logits.dispose();
  return rows;
}

async function rowsOf(logits: Tensor2D): Promise<number[][]> {
  const values = await logits.data();
  const [count, classes] = logits.shape;
  return Array.from({ length: count }, (_, row) => Array.from(values.subarray(row * classes, (row + 1) * classes)));
}

/** State after the fixture's training-mode forward passes: they move the running statistics only. */
async function warmedUp(spec: ModelSpec, fixture: SplitFixture, batch: Batch): Promise<TrainState> {
  const trainer = new Trainer(spec, trainerOptions(fixture), goldenState(spec));
  for (let pass = 0; pass < fixture.warmupForwards; pass++) trainer.warmUp(batch);
  const state = await trainer.state(0);
  trainer.dispose();
  return state;
}

function shapesByPublishedName(spec: ModelSpec): Record<string, readonly number[]> {
  const names = publishedNames(spec);
  return Object.fromEntries(
    [...assignmentParameters(spec), ...layerParameters(spec)].map(({ name, shape }) => [names.get(name) ?? name, shape]),
  );
}

/** Sizes by the published code's short names; q2 and q3 are the residual streams at their own stage's number of groups. */
function publishedGroupSizes(
  dense: ModelSpec,
  plan: SplitPlan,
  { model: { groups } }: SplitFixture,
): Record<string, readonly number[]> {
  const sizes: Record<string, readonly number[]> = {};
  for (const space of dense.spaces) {
    const short = space.publishedName?.match(/^group\/split_(\w+)\/alpha$/)?.[1];
    const planned = plan.spaces.find((candidate) => candidate.space === space.name);
    if (short === undefined || planned === undefined) continue;
    sizes[short] = planned.sizes;
    if (short === "p1" && groups.level2 > 1) sizes.q2 = mergedSizes(planned.sizes, groups.level2);
    if (short === "p2" && groups.level3 > 1) sizes.q3 = mergedSizes(planned.sizes, groups.level3);
  }
  return sizes;
}

async function runPenalties(fixture: PenaltiesFixture): Promise<Record<string, unknown>[]> {
  const results: Record<string, unknown>[] = [];
  for (const problem of fixture.cases) results.push(await runPenaltyCase(problem));
  return results;
}

/** Values of the three penalties and the gradients of weightSplit(w, p, q) + 2 overlap(p) + 3 uniform(q). */
async function runPenaltyCase(problem: PenaltyCase): Promise<Record<string, unknown>> {
  const { weight, inputLogits, outputLogits } = penaltyProblem(problem);
  const terms = (w: Tensor, a: Tensor, b: Tensor) => {
    const [p, q] = [assignmentOfLogits(a as Tensor2D), assignmentOfLogits(b as Tensor2D)];
    const m = (w.rank === 4 ? mean(square(w), [0, 1]) : square(w)) as Tensor2D;
    const fanIn = problem.weightShape.slice(0, -1).reduce((product, extent) => product * extent, 1);
    return { p, q, split: weightSplitPenalty(m, p, q, { fanIn, epsilon: EPSILON }) };
  };
  const inputs = [onDevice(weight), onDevice(inputLogits), onDevice(outputLogits)] as const;
  const values = tidy(() => {
    const { p, q, split } = terms(...inputs);
    return [overlapPenalty(p), overlapPenalty(q), uniformPenalty(p), uniformPenalty(q), split];
  });
  const objective = (w: Tensor, a: Tensor, b: Tensor) => {
    const { p, q, split } = terms(w, a, b);
    return add(split, add(mul(overlapPenalty(p), 2), mul(uniformPenalty(q), 3)));
  };
  const { value, grads } = valueAndGrads((...xs: Tensor[]) => objective(xs[0]!, xs[1]!, xs[2]!))([...inputs]);
  const read = async (x: Tensor): Promise<number[]> => Array.from(await x.data());
  const [overlapIn, overlapOut, uniformIn, uniformOut, weightSplit] = (await Promise.all(values.map(read))).map((x) => x[0]!);
  const [gradW, gradInputAlpha, gradOutputAlpha] = await Promise.all(grads.map(read));
  for (const used of [...inputs, ...values, ...grads, value]) used.dispose();
  const { weightShape, groups, alphaScale, gradientOf } = problem;
  return {
    weightShape,
    groups,
    alphaScale,
    overlap: [overlapIn, overlapOut],
    uniform: [uniformIn, uniformOut],
    weightSplit,
    gradientOf,
    gradW,
    gradInputAlpha,
    gradOutputAlpha,
  };
}

function onDevice({ shape, data }: Filled): Tensor {
  const host = hostTensor(shape, Float32Array.from(data));
  return host.shape.length === 2 ? tensor2d(host.data, [shape[0]!, shape[1]!]) : tensor(host.data, [...shape]);
}
