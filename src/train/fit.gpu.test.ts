import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { integerOf, randomStream } from "../base/random";
import type { Dataset, Examples } from "../data/dataset";
import { splitTrainValidation } from "../data/split";
import { type OpenDevice, openDevice } from "../kernels/device";
import { bytesOn } from "../kernels/device-memory";
import { groupingSpec } from "../model/build";
import type { Config } from "../model/config";
import { presetConfig } from "../model/presets";
import type { StepMetric, TrainingStage } from "../model/run";
import type { ModelSpec } from "../model/spec";
import { blockMasses } from "../splitnet/block-mass";
import { cutNetwork } from "../splitnet/pipeline";
import { identityOrder } from "../splitnet/plan";
import { type Backend, backendOn } from "./backend";
import type { FitFact } from "./facts";
import { fit as fitOn } from "./fit";
import { initialState, startingFrom, type TrainState } from "./state";

let device: OpenDevice;
let backend: Backend;
beforeAll(async () => {
  device = await openDevice(navigator.gpu);
  backend = await backendOn(device, "own");
});
afterAll(() => device.close());

const CLASSES = 4;

/** Seeded noise images: enough for what a loop does, nothing to learn. */
function examples(count: number, purpose: number): Examples {
  const stream = randomStream(5, "sample");
  const images = Uint8Array.from({ length: count * 3072 }, (_, i) => integerOf(stream.words(i, purpose)[0], 256));
  const fine = Uint8Array.from({ length: count }, (_, i) => i % CLASSES);
  return { count, images, fine, coarse: fine.map((label) => label >> 1) };
}

const dataset: Dataset = {
  train: examples(20, 1),
  test: examples(4, 2),
  classes: ["a", "b", "c", "d"],
  superclasses: ["x", "y"],
};
const split = splitTrainValidation(dataset.train.count, 1);

const tiny = presetConfig("tiny");
const stage = {
  batchSize: 3,
  steps: 7,
  learningRate: 0.02,
  learningRateDrops: [{ step: 5, factor: 0.5 }],
  validateEverySteps: 4,
  checkpointEverySteps: 3,
};
const config: Config = {
  ...tiny,
  grouping: "1-2-2",
  emptyGroups: "assign-nearest",
  group: { ...tiny.group, ...stage, dropoutKeep: 0.7 },
  finetune: { ...tiny.finetune, ...stage },
  evaluation: { batchSize: 2 },
};

const train = (options: Parameters<typeof fitOn>[0]) => fitOn(options, backend.prepare);

interface Run {
  readonly stage: TrainingStage;
  readonly spec: ModelSpec;
  readonly classOrder: readonly number[];
  readonly start: TrainState;
}

async function collect(
  run: Run,
  changed: Config = config,
  checkpointRequested = () => false,
): Promise<{ facts: FitFact[]; state: TrainState }> {
  const facts: FitFact[] = [];
  const training = train({ ...run, config: changed, dataset, split, checkpointRequested, now: () => 1 });
  for (;;) {
    const next = await training.next();
    if (next.done) return { facts, state: next.value };
    facts.push(next.value);
  }
}

function stepsOf(facts: readonly FitFact[]): StepMetric[] {
  return facts.flatMap((fact) => (fact.kind === "steps" ? fact.metrics : []));
}

function checkpointAt(facts: readonly FitFact[], step: number): TrainState {
  const found = facts.find((fact) => fact.kind === "checkpoint" && fact.state.step === step);
  if (found?.kind !== "checkpoint") throw new Error(`no checkpoint at step ${step}`);
  return found.state;
}

const dense = groupingSpec(config, CLASSES);
const stageOne: Run = {
  stage: "group",
  spec: dense,
  classOrder: identityOrder(CLASSES),
  start: initialState(dense, config.seed),
};

function stageTwo(): Run {
  const start = initialState(dense, config.seed);
  const { plan, sliced } = cutNetwork(config, CLASSES, start);
  return {
    stage: "finetune",
    spec: plan.spec,
    classOrder: plan.classOrder,
    start: startingFrom(sliced.parameters, sliced.statistics),
  };
}

describe.each([
  ["stage 1", () => stageOne],
  ["stage 2", stageTwo],
])("%s", (_, make) => {
  test("every step is reported once, with validations and checkpoints when they are due", async () => {
    const { facts, state } = await collect(make());
    expect(stepsOf(facts).map((metric) => metric.step)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(stepsOf(facts).map((metric) => metric.learningRate)).toEqual([0.02, 0.02, 0.02, 0.02, 0.02, 0.01, 0.01]);
    expect(facts.flatMap((fact) => (fact.kind === "validated" ? [fact.metric.step] : []))).toEqual([4, 7]);
    expect(facts.flatMap((fact) => (fact.kind === "checkpoint" ? [fact.state.step] : []))).toEqual([3, 6, 7]);
    expect(state.step).toBe(7);
  });

  test("resuming from any checkpoint gives bit for bit the numbers of never having stopped", async () => {
    const run = make();
    const whole = await collect(run);
    for (const step of [3, 6]) {
      const resumed = await collect({ ...run, start: checkpointAt(whole.facts, step) });
      expect(stepsOf(resumed.facts)).toEqual(stepsOf(whole.facts).filter((metric) => metric.step >= step));
      expect(resumed.state).toEqual(whole.state);
    }
  });

  test("a finished or abandoned stage leaves nothing on the device", async () => {
    const before = bytesOn(device.device);
    await collect(make());
    const abandoned = train({ ...make(), config, dataset, split, checkpointRequested: () => false, now: () => 1 });
    await abandoned.next();
    await abandoned.return(make().start);
    expect(bytesOn(device.device)).toBe(before);
  });
});

function hashOf({ parameters, momentum, statistics }: TrainState): string {
  const hash = createHash("sha256");
  for (const tensors of [parameters, momentum, statistics]) {
    for (const { data } of tensors.values()) hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest("hex").slice(0, 16);
}

// Not a matter of chance: what drivers may round in their own way is written out (kernels/portable.wgsl). The hashes change with the
// order of any sum, and then runs begun before do not go on bit for bit.
test("both software drivers train both stages to the same bits", async () => {
  expect(device.report.description).toMatch(/llvmpipe|swiftshader/i);
  expect([hashOf((await collect(stageOne)).state), hashOf((await collect(stageTwo())).state)]).toMatchInlineSnapshot(`
    [
      "fcda12d7477c7a56",
      "774d3f42ad6431fa",
    ]
  `);
});

test("assignments are probabilities: every column sums to 1, and they move", async () => {
  const { facts } = await collect(stageOne);
  const snapshots = facts.flatMap((fact) => (fact.kind === "assignments" ? [fact.assignments] : []));
  const classes = snapshots.map((assignments) => assignments.get("classes")!);
  for (const { shape, data } of classes) {
    expect(shape).toEqual([2, CLASSES]);
    for (let label = 0; label < CLASSES; label++) expect(data[label]! + data[CLASSES + label]!).toBeCloseTo(1, 6);
  }
  expect(classes.at(-1)!.data).not.toEqual(classes[0]!.data);
});

test("block masses are those of the weights at the moment, and come with the moments that are kept alone", async () => {
  const { facts } = await collect(stageOne);
  for (const fact of facts) if (fact.kind === "assignments") expect(fact.blocks !== null).toBe(fact.kept);
  const last = facts.findLast((fact) => fact.kind === "assignments")!;
  const { state } = facts.findLast((fact) => fact.kind === "checkpoint")!;
  expect(last.step).toBe(state.step);
  expect(last.blocks).toEqual(blockMasses(groupingSpec(config, CLASSES), last.assignments, state.parameters));
});

test("a requested checkpoint comes after the step at hand", async () => {
  let asked = 0;
  // A wish lasts until it is granted: the loop asks before and after it has told of the step.
  const { facts } = await collect(stageOne, config, () => asked++ < 2);
  expect(checkpointAt(facts, 1).step).toBe(1);
});

test("another seed is another run", async () => {
  const other = await collect(stageOne, { ...config, seed: config.seed + 1 });
  const same = await collect(stageOne);
  expect(stepsOf(other.facts)).not.toEqual(stepsOf(same.facts));
});

test("a diverging run stops with an error before a checkpoint could hold what is not a number", async () => {
  const wild: Config = {
    ...config,
    group: { ...config.group, learningRate: 1e30, checkpointEverySteps: 1, validateEverySteps: 100 },
  };
  const checkpoints: number[] = [];
  const training = train({ ...stageOne, config: wild, dataset, split, checkpointRequested: () => false, now: () => 1 });
  const pull = async () => {
    for await (const fact of training) {
      if (fact.kind !== "checkpoint") continue;
      checkpoints.push(fact.state.step);
      for (const { data } of fact.state.parameters.values()) expect(data.every(Number.isFinite)).toBe(true);
    }
  };
  await expect(pull()).rejects.toThrow(/the loss of step \d+ is not a finite number/);
  expect(checkpoints.length).toBeLessThan(wild.group.steps);
});
