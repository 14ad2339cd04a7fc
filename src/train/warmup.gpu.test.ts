import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tensorNamed } from "../base/tensor";
import type { Dataset } from "../data/dataset";
import { sampleDataset } from "../data/sample";
import { splitTrainValidation } from "../data/split";
import { type OpenDevice, openDevice } from "../kernels/device";
import { bytesOn } from "../kernels/device-memory";
import { groupingSpec } from "../model/build";
import { type Config, parseConfig } from "../model/config";
import { assignmentParameters } from "../model/parameters";
import { presetConfig } from "../model/presets";
import type { StepMetric } from "../model/run";
import { identityOrder } from "../splitnet/plan";
import { backendOn, type KernelChoice } from "./backend";
import type { FitFact } from "./facts";
import { fit as train } from "./fit";
import { initialState, type TrainState } from "./state";

const CLASSES = 4;
const WARMUP = 3;
const { dataset } = sampleDataset({ classes: CLASSES, superclasses: 2, train: 40, test: 1, seed: 2 });
const split = splitTrainValidation(dataset.train.count, 1);

const tiny = presetConfig("tiny");
const config = parseConfig({
  ...tiny,
  group: {
    ...tiny.group,
    ...{ batchSize: 4, steps: 7, learningRateDrops: [], validateEverySteps: 5, checkpointEverySteps: 2, dropoutKeep: 0.8 },
    ...{ warmupSteps: WARMUP, assignmentStart: "confusion", confusionImages: 12 },
  },
  evaluation: { batchSize: 5 },
});
const spec = groupingSpec(config, CLASSES);
const logitNames = assignmentParameters(spec).map(({ name }) => name);

let device: OpenDevice;
beforeAll(async () => {
  device = await openDevice(navigator.gpu);
});
afterAll(() => device.close());

interface Changes {
  readonly config?: Config;
  readonly dataset?: Dataset;
  readonly start?: TrainState;
  readonly kernels?: KernelChoice;
}

async function trained(changes: Changes = {}): Promise<{ facts: FitFact[]; state: TrainState }> {
  const { prepare } = await backendOn(device, changes.kernels ?? "own");
  const shared = { stage: "group", spec, classOrder: identityOrder(CLASSES), split } as const;
  const options = { ...shared, config, dataset, start: initialState(spec, config.seed), ...changes };
  const training = train({ ...options, checkpointRequested: () => false, now: () => 0 }, prepare);
  const facts: FitFact[] = [];
  for (;;) {
    const next = await training.next();
    if (next.done) return { facts, state: next.value };
    facts.push(next.value);
  }
}

const whole = (() => {
  let made: ReturnType<typeof trained> | undefined;
  return () => {
    made ??= trained();
    return made;
  };
})();

const stepsOf = (facts: readonly FitFact[]): StepMetric[] => facts.flatMap((fact) => (fact.kind === "steps" ? fact.metrics : []));
const checkpointsOf = (facts: readonly FitFact[]): TrainState[] =>
  facts.flatMap((fact) => (fact.kind === "checkpoint" ? [fact.state] : []));
const logitsOf = ({ parameters }: TrainState): Float32Array[] => logitNames.map((name) => tensorNamed(parameters, name).data);

describe("a warm-up before the penalties", () => {
  test("trains without them, its assignments frozen, and ends in a checkpoint from before they lean anywhere", async () => {
    const { facts } = await whole();
    const steps = stepsOf(facts);
    expect(steps.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    for (const { step, overlap, weightSplit, uniform, crossEntropy, l2, total } of steps) {
      const isWarm = step < WARMUP;
      expect([overlap, weightSplit, uniform].map((term) => term === 0)).toEqual([isWarm, isWarm, isWarm]);
      if (isWarm) expect(total).toBe(crossEntropy + l2);
    }
    expect(checkpointsOf(facts).map(({ step }) => step)).toEqual([2, 3, 4, 6, 7]);
    expect(facts.flatMap((fact) => (fact.kind === "validated" ? [fact.metric.step] : []))).toEqual([5, 7]);
    const [, warmed] = checkpointsOf(facts);
    expect(logitsOf(warmed!)).toEqual(logitsOf(initialState(spec, config.seed)));
    for (const name of logitNames) expect(tensorNamed(warmed!.momentum, name).data.every((value) => value === 0)).toBe(true);
    expect(tensorNamed(warmed!.parameters, "init_conv/kernel")).not.toEqual(
      tensorNamed(initialState(spec, config.seed).parameters, "init_conv/kernel"),
    );
  });

  test("resumed before, at and after its end gives bit for bit the numbers of never having stopped", async () => {
    const { facts, state } = await whole();
    for (const start of checkpointsOf(facts).slice(0, 3)) {
      const resumed = await trained({ start });
      expect(stepsOf(resumed.facts)).toEqual(stepsOf(facts).filter(({ step }) => step >= start.step));
      expect(resumed.state).toEqual(state);
    }
  });

  test("nothing of the superclasses reaches it: with others, every number is the same", async () => {
    const { train: examples, superclasses } = dataset;
    const coarse = examples.coarse.map((_, image) => (image * 3) % superclasses.length);
    const other = await trained({ dataset: { ...dataset, superclasses: ["x", "y"], train: { ...examples, coarse } } });
    const { facts, state } = await whole();
    expect(other.state).toEqual(state);
    expect(stepsOf(other.facts)).toEqual(stepsOf(facts));
  });

  test("leaves nothing on the device", async () => {
    await whole();
    const before = bytesOn(device.device);
    await trained();
    expect(bytesOn(device.device)).toBe(before);
  });
});

test("when the penalties set in, assignments lean to one group each by the bias; without a start from confusion they do not", async () => {
  const told = (facts: readonly FitFact[]): (readonly number[])[] =>
    facts.flatMap((fact) =>
      fact.kind === "assignments" && fact.step === WARMUP ? [[...fact.assignments.get("classes")!.data]] : [],
    );
  const [before, after] = told((await whole()).facts);
  // softmax of (0.5, 0), and logits that begin with a deviation of 0.01.
  const leaning = 1 / (1 + Math.exp(-0.5));
  expect(before!.every((share) => Math.abs(share - 0.5) < 0.02)).toBe(true);
  expect(after!.every((share) => Math.abs(Math.abs(share - 0.5) - (leaning - 0.5)) < 0.02)).toBe(true);
  const random = await trained({ config: { ...config, group: { ...config.group, assignmentStart: "random" } } });
  const [noise, still] = told(random.facts);
  expect(still).toEqual(noise);
});

test("the stock kernels warm up and lean the same way", async () => {
  const { facts } = await trained({ kernels: "stock" });
  const [mine, theirs] = [checkpointsOf((await whole()).facts), checkpointsOf(facts)].map((states) => logitsOf(states[2]!));
  const leaningOf = (logits: readonly Float32Array[]): boolean[] =>
    logits.flatMap((data) => Array.from(data, (value) => value > 0.25));
  // Another order of sums moves a channel whose mass is at the median now and then; classes lean alike.
  expect(leaningOf([theirs![0]!])).toEqual(leaningOf([mine![0]!]));
  const same = leaningOf(theirs!).filter((leans, index) => leans === leaningOf(mine!)[index]).length;
  expect(same / leaningOf(mine!).length).toBeGreaterThan(0.95);
});
