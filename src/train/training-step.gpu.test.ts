import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { normals, randomStream } from "../base/random";
import { type HostTensor, type NamedTensors, sizeOf } from "../base/tensor";
import { type OpenDevice, openDevice } from "../kernels/device";
import { DeviceMemory } from "../kernels/device-memory";
import { parseGrouping } from "../model/grouping";
import { initialParameters, initialStatistics } from "../model/initial";
import { groupedSpaces } from "../model/lookup";
import type { ModelSpec } from "../model/spec";
import { type BlockOrder, wideResnet } from "../model/wide-resnet";
import { evaluateObjective } from "../reference/objective";
import { widen } from "../reference/tensor64";
import { planSplit } from "../splitnet/plan";
import { logitColumns } from "./channel-layout";
import { paddedImages } from "./host-forward";
import { type TrainerOptions, trainedParameters } from "./objective";
import { reportOf } from "./stage-trainer";
import { startingFrom, type TrainState } from "./state";
import { TrainingStep } from "./training-step";

let device: OpenDevice;
beforeAll(async () => {
  device = await openDevice(navigator.gpu);
});
afterAll(() => device.close());

const OPTIONS: TrainerOptions = {
  weightDecay: 0,
  momentum: 0.9,
  trainBatchNormScale: true,
  penaltyWeights: { overlap: 2, weightSplit: 3, uniform: 5 },
  weightedSplit: true,
  assignmentRateFactor: 1,
  groupLassoEpsilon: 1e-12,
};
const CLASSES = 7;
const BATCH = 3;

function network(grouping: string, blockOrder: BlockOrder = "pre-activation", residualUnits = 1): ModelSpec {
  return wideResnet({
    residualUnits,
    widen: 1,
    classes: CLASSES,
    grouping: parseGrouping(grouping),
    blockOrder,
    dropout: false,
  });
}

/** Seeded noise on every tensor, so that no gradient vanishes by symmetry. */
function noisy(tensors: NamedTensors, deviation: number): NamedTensors {
  const stream = randomStream(3, "sample");
  return new Map(
    [...tensors].map(([name, { shape, data }], index): [string, HostTensor] => {
      const noise = normals(stream, sizeOf(shape), deviation, index);
      return [name, { shape, data: data.map((value, i) => value + noise[i]!) }];
    }),
  );
}

const images = normals(randomStream(5, "sample"), BATCH * 32 * 32 * 3, 1, 99);
const labels = Int32Array.from([1, 4, 6]);

/** A split along seeded uneven groups: member i goes to a group drawn by a quadratic residue, none empty; the first has one member. */
function unevenSplit(spec: ModelSpec, unblocked: ModelSpec): ModelSpec {
  const partitions = new Map(
    groupedSpaces(spec).map(({ name, size, groups }) => [
      name,
      { groups, groupOf: Array.from({ length: size }, (_, i) => (i < groups ? i : 1 + ((i * i) % (groups - 1)))) },
    ]),
  );
  return planSplit(unblocked, partitions).spec;
}

function startOf(spec: ModelSpec): TrainState {
  return startingFrom(noisy(initialParameters(spec, 1), 0.1), noisy(initialStatistics(spec), 0.05));
}

async function prepare(memory: DeviceMemory, spec: ModelSpec, options: TrainerOptions, start: TrainState): Promise<TrainingStep> {
  const columns = logitColumns(spec);
  const batch = {
    images: memory.upload("images", paddedImages(images)),
    labels: memory.upload(
      "labels",
      Uint32Array.from(labels, (label) => columns[label]!),
    ),
  };
  const rules = { batch: BATCH, dropoutKeep: 1, precision: "f32" } as const;
  return TrainingStep.prepare(memory, spec, { ...options, ...rules, source: () => batch }, start);
}

const STILL = { step: 0, learningRate: 0, orderStart: 0, dropoutSeed: 0, augmentSeed: 0 };

const NETWORKS: readonly (readonly [string, ModelSpec, TrainerOptions])[] = [
  ["stage 1 of 1-2-3", network("1-2-3"), OPTIONS],
  ["stage 1 of 2-2-2 with plain mean", network("2-2-2"), { ...OPTIONS, weightedSplit: false }],
  ["stage 1 of 2-4-4 with weight decay and two units", network("2-4-4", "pre-activation", 2), { ...OPTIONS, weightDecay: 3e-4 }],
  ["a pre-activation split into 2-4-4", unevenSplit(network("2-4-4"), network("2-4-4")), { ...OPTIONS, penaltyWeights: null }],
  [
    "a post-activation split into 3-3-3",
    unevenSplit(network("3-3-3"), network("3-3-3", "post-activation")),
    { ...OPTIONS, penaltyWeights: null },
  ],
];

describe.each(NETWORKS)("%s", (_, spec, options) => {
  test("losses, every gradient and the running statistics agree with the float64 oracle", { timeout: 120_000 }, async () => {
    const memory = new DeviceMemory(device.device);
    const start = startOf(spec);
    const step = await prepare(memory, spec, options, start);
    // At a rate of 0 the momentum after a step is the gradient, and the parameters stay.
    step.run(STILL);
    const [terms] = await step.takeTerms();
    const moved = await step.readState(1);
    const penalties = {
      ...(options.penaltyWeights ?? { overlap: 0, weightSplit: 0, uniform: 0 }),
      weightedSplit: options.weightedSplit,
      epsilon: options.groupLassoEpsilon,
    };
    const oracle = evaluateObjective(
      spec,
      { parameters: widen(start.parameters), statistics: widen(start.statistics) },
      { images: { shape: [BATCH, 32, 32, 3], data: Float64Array.from(images) }, labels },
      { weightDecay: options.weightDecay, penalties },
    );
    const { accuracy: _accuracy, ...losses } = reportOf(terms!);
    for (const [term, value] of Object.entries(oracle.losses)) {
      expect(Math.abs(Reflect.get(losses, term) - value), term).toBeLessThanOrEqual(1e-5 * Math.abs(value));
    }
    // Float32 sums of up to 3,072 products and batch norms over as few as 192 values: 1e-3 of the largest entry is the fixtures' own bound.
    for (const { name } of trainedParameters(spec, options)) {
      expectClose(moved.momentum.get(name)!.data, oracle.gradients.get(name)!.data, 1e-3, name);
    }
    for (const [name, { data }] of moved.statistics) expectClose(data, oracle.statistics.get(name)!.data, 1e-5, name);
    expect(moved.parameters).toEqual(start.parameters);
    memory.dispose();
  });
});

test("two steps from one state give the same bits, and a step changes what it trains", async () => {
  const spec = network("2-2-2");
  const run = async (): Promise<TrainState> => {
    const memory = new DeviceMemory(device.device);
    const step = await prepare(memory, spec, OPTIONS, startOf(spec));
    for (let i = 0; i < 3; i++) step.run({ ...STILL, step: i, learningRate: 0.05 });
    const state = await step.readState(3);
    memory.dispose();
    return state;
  };
  const [first, second] = [await run(), await run()];
  expect(second).toEqual(first);
  for (const [name, { data }] of startOf(spec).parameters) expect(first.parameters.get(name)!.data, name).not.toEqual(data);
});

test("gradients alone leave every parameter as it was", async () => {
  const spec = network("1-2-2");
  const memory = new DeviceMemory(device.device);
  const start = startOf(spec);
  const step = await prepare(memory, spec, OPTIONS, start);
  step.runGradients({ ...STILL, learningRate: 0.5 });
  const gradients = await step.readGradients();
  expect((await step.readState(0)).parameters).toEqual(start.parameters);
  step.run(STILL);
  const { momentum } = await step.readState(1);
  for (const { name } of trainedParameters(spec, OPTIONS)) expect(gradients.get(name)).toEqual(momentum.get(name));
  memory.dispose();
});

test("frozen scales stay, the last one moves", async () => {
  const spec = network("2-2-2");
  const memory = new DeviceMemory(device.device);
  const start = startOf(spec);
  const step = await prepare(memory, spec, { ...OPTIONS, trainBatchNormScale: false }, start);
  step.run({ ...STILL, learningRate: 0.1 });
  const { parameters } = await step.readState(1);
  const moved = [...parameters].filter(
    ([name, { data }]) => name.endsWith("/gamma") && data.join() !== start.parameters.get(name)!.data.join(),
  );
  expect(moved.map(([name]) => name)).toEqual(["unit_last/bn/gamma"]);
  memory.dispose();
});

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string): void {
  expect(actual.length, what).toBe(expected.length);
  let [worst, largest] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    worst = Math.max(worst, Math.abs(actual[i]! - expected[i]!));
    largest = Math.max(largest, Math.abs(expected[i]!));
  }
  expect(worst, what).toBeLessThanOrEqual(tolerance * largest);
}
