import { type HostTensor, hostTensor, type NamedTensors, tensorNamed } from "../base/tensor";
import { DeviceMemory } from "../kernels/device-memory";
import { totalCost } from "../model/cost";
import {
  type Fixture,
  type GroupFixture,
  goldenImages,
  goldenLabels,
  goldenParameters,
  goldenSpec,
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
import { logitColumns } from "./channel-layout";
import { runPenalties } from "./golden-penalties";
import { forwardOnce, paddedImages } from "./host-forward";
import { NetworkBuffers } from "./network-buffers";
import { decays, type TrainerOptions, trainedParameters } from "./objective";
import { reportOf, type StepReport } from "./stage-trainer";
import { startingFrom, type TrainState } from "./state";
import { TrainingStep } from "./training-step";

/** Rows of logits a fixture lists when it does not say otherwise. */
const LISTED_ROWS = 2;
/** Added under square roots; far below the sixth digit of any fixture. */
const EPSILON = 1e-12;

/** Images [N, 32, 32, 3] as they are trained on, labels [N] as positions in the network's logits. */
export interface GoldenBatch {
  readonly images: Float32Array;
  readonly labels: Int32Array;
}

/** Runs a golden problem on a device and returns what its `expect` lists, by the same keys. */
export async function runGolden(device: GPUDevice, fixture: Fixture): Promise<Record<string, unknown>> {
  const memory = new DeviceMemory(device);
  try {
    switch (fixture.kind) {
      case "group":
        return await runGroup(memory, fixture);
      case "split":
        return await runSplit(memory, fixture);
      case "penalties":
        return { cases: await runPenalties(memory, fixture) };
      default:
        return fixture satisfies never;
    }
  } finally {
    memory.dispose();
  }
}

/** A golden problem as it is trained: everything that `TrainingStep` and an oracle need. */
export interface GoldenProblem {
  readonly spec: ModelSpec;
  readonly options: TrainerOptions;
  readonly start: TrainState;
  readonly batch: GoldenBatch;
}

/** Stage 1 of a problem. */
export function groupProblem(fixture: GroupFixture): GoldenProblem {
  const spec = goldenSpec(fixture);
  return { spec, options: trainerOptions(fixture), start: goldenState(spec), batch: goldenBatch(fixture) };
}

/** Fine-tuning of a problem's split network, after the warm-up that the split starts from. */
export async function splitProblem(
  memory: DeviceMemory,
  fixture: SplitFixture,
): Promise<GoldenProblem & { readonly dense: ModelSpec; readonly plan: SplitPlan }> {
  const dense = goldenSpec(fixture);
  const batch = goldenBatch(fixture);
  const warm = await warmedUp(memory, dense, fixture, batch);
  const plan = planSplit(goldenSpec(fixture, fixture.blockOrder), discretize(dense, warm.parameters, "fail"));
  const sliced = sliceState(dense, plan, warm);
  return {
    dense,
    plan,
    spec: plan.spec,
    options: { ...trainerOptions(fixture), penaltyWeights: null },
    start: startingFrom(sliced.parameters, sliced.statistics),
    batch: { ...batch, labels: batch.labels.map((label) => plan.classOrder.indexOf(label)) },
  };
}

async function runGroup(memory: DeviceMemory, fixture: GroupFixture): Promise<Record<string, unknown>> {
  const problem = groupProblem(fixture);
  const { spec, start, batch } = problem;
  const { expect, steps } = fixture;
  const logits = await forwardOnce(new NetworkBuffers(memory, spec, start), batch.images, "training");
  const norms = await firstGradientNorms(memory, problem);
  const step = await prepareGoldenStep(memory, problem);
  const losses = await trainLosses(step, fixture, steps);
  const after = await forwardOnce(step.network, batch.images, "inference");
  return {
    losses: losses.map(({ accuracy: _, ...terms }) => terms),
    logitsStep0: logits.slice(0, expect.logitsStep0?.length ?? LISTED_ROWS),
    gradientNormStep0: norms,
    evalLogitsAfter: after.slice(0, expect.evalLogitsAfter?.length ?? LISTED_ROWS),
    parameterShapes: shapesByPublishedName(spec),
  };
}

async function runSplit(memory: DeviceMemory, fixture: SplitFixture): Promise<Record<string, unknown>> {
  const problem = await splitProblem(memory, fixture);
  const { dense, plan, batch } = problem;
  const step = await prepareGoldenStep(memory, problem);
  const logits = (await forwardOnce(step.network, batch.images, "inference")).map((row) =>
    plan.classOrder.map((_, label) => row[plan.classOrder.indexOf(label)]!),
  );
  const losses = await trainLosses(step, fixture, fixture.steps);
  const { parameters, flops } = totalCost(plan.spec);
  return {
    groupSizes: publishedGroupSizes(dense, plan, fixture),
    classGroups: classGroupsOf(plan),
    evalLogitsAtSplit: logits.slice(0, fixture.expect.evalLogitsAtSplit?.length ?? LISTED_ROWS),
    losses: losses.map(({ crossEntropy, l2, total }) => ({ crossEntropy, l2, total })),
    parameters,
    flopsPerImage: flops,
  };
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

function goldenBatch({ batch, model }: GroupFixture | SplitFixture): GoldenBatch {
  return { images: Float32Array.from(goldenImages(batch).data), labels: goldenLabels(batch, model.classes) };
}

/** A step that trains on one batch again and again. */
export function prepareGoldenStep(
  memory: DeviceMemory,
  { spec, options, start, batch: { images, labels } }: GoldenProblem,
): Promise<TrainingStep> {
  const columns = logitColumns(spec);
  const batch = {
    images: memory.upload("images", paddedImages(images)),
    labels: memory.upload(
      "labels",
      Uint32Array.from(labels, (label) => columns[label]!),
    ),
  };
  const rules = { batch: labels.length, dropoutKeep: 1, precision: "f32" } as const;
  return TrainingStep.prepare(memory, spec, { ...options, ...rules, source: () => batch }, start);
}

/** Norms of the whole objective's gradients at the first step, on a step of its own: the pass moves running statistics. */
async function firstGradientNorms(memory: DeviceMemory, problem: GoldenProblem): Promise<Record<string, number>> {
  const { spec, options, start } = problem;
  const probe = await prepareGoldenStep(memory, problem);
  probe.runGradients(goldenStepState(0, 0));
  const gradients = await probe.readGradients();
  const names = publishedNames(spec);
  return Object.fromEntries(
    trainedParameters(spec, options).map((parameter) => {
      const gradient = tensorNamed(gradients, parameter.name);
      const whole = decays(parameter) ? withDecay(gradient, start.parameters, parameter.name, options.weightDecay) : gradient;
      return [names.get(parameter.name) ?? parameter.name, norm(whole.data)];
    }),
  );
}

function withDecay({ shape, data }: HostTensor, parameters: NamedTensors, name: string, weightDecay: number): HostTensor {
  const weights = tensorNamed(parameters, name).data;
  return hostTensor(
    shape,
    data.map((value, i) => value + weightDecay * weights[i]!),
  );
}

function norm(values: ArrayLike<number>): number {
  return Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0));
}

async function trainLosses(
  training: TrainingStep,
  { learningRate }: { learningRate: number },
  steps: number,
): Promise<StepReport[]> {
  for (let step = 0; step < steps; step++) training.run(goldenStepState(step, learningRate));
  return (await training.takeTerms()).map(reportOf);
}

/** No draws: the batch stands, and there is no dropout. */
export function goldenStepState(step: number, learningRate: number) {
  return { step, learningRate, orderStart: 0, dropoutSeed: 0, augmentSeed: 0 };
}

/** State after the fixture's training-mode forward passes: they move the running statistics only. */
async function warmedUp(memory: DeviceMemory, spec: ModelSpec, fixture: SplitFixture, batch: GoldenBatch): Promise<TrainState> {
  const start = goldenState(spec);
  const network = new NetworkBuffers(memory, spec, start);
  for (let pass = 0; pass < fixture.warmupForwards; pass++) await forwardOnce(network, batch.images, "training");
  return { ...start, statistics: await network.read(network.statistics, network.layout.statistics) };
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
