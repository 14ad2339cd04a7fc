import { afterAll, beforeAll, expect, test } from "vitest";
import { tensorNamed } from "../base/tensor";
import { sampleDataset } from "../data/sample";
import { splitTrainValidation } from "../data/split";
import { type OpenDevice, openDevice } from "../kernels/device";
import { groupingSpec } from "../model/build";
import { type Config, parseConfig } from "../model/config";
import { assignmentParameters } from "../model/parameters";
import { presetConfig } from "../model/presets";
import { fixedPartitions } from "../splitnet/fixed-groups";
import { cutNetwork } from "../splitnet/pipeline";
import { identityOrder } from "../splitnet/plan";
import { backendOn, type KernelChoice } from "./backend";
import type { FitFact } from "./facts";
import { type FitOptions, fit as train } from "./fit";
import { recipeOf } from "./recipe";
import { groupStart, initialState, type TrainState } from "./state";

const CLASSES = 5;
const STEPS = 5;
const { dataset } = sampleDataset({ classes: CLASSES, superclasses: 2, train: 8, test: 1, seed: 2 });
const split = splitTrainValidation(dataset.train.count, 1);

const tiny = presetConfig("tiny");
const config = parseConfig({
  ...tiny,
  grouping: "2-2-4",
  group: { ...tiny.group, batchSize: 4, steps: STEPS, learningRateDrops: [], validateEverySteps: STEPS, checkpointEverySteps: 2 },
  fixedGroups: { source: "manual", classes: [2, 0, 3, 1, 2], channels: { stage_3: [10, 30, 4, 20] } },
});
const spec = groupingSpec(config, CLASSES);

let device: OpenDevice;
beforeAll(async () => {
  device = await openDevice(navigator.gpu);
});
afterAll(() => device.close());

function optionsOf(changed: Config, start: TrainState): FitOptions {
  const shared = { stage: "group", spec, classOrder: identityOrder(CLASSES), dataset, split } as const;
  return { ...shared, config: changed, start, checkpointRequested: () => false, now: () => 0 };
}

async function trained(changed: Config, kernels: KernelChoice): Promise<{ facts: FitFact[]; state: TrainState }> {
  const { prepare } = await backendOn(device, kernels);
  const training = train(optionsOf(changed, groupStart(spec, changed)), prepare);
  const facts: FitFact[] = [];
  for (;;) {
    const next = await training.next();
    if (next.done) return { facts, state: next.value };
    facts.push(next.value);
  }
}

test.each<KernelChoice>(["own", "stock"])(
  "a rate of 0 freezes assignments that are not decided, which the penalties would move: %s kernels",
  async (kernels) => {
    const { prepare } = await backendOn(device, kernels);
    const learning = { ...config, fixedGroups: null };
    const start = initialState(spec, config.seed);
    const after = async (assignmentRateFactor: number): Promise<TrainState> => {
      const recipe = recipeOf(learning, "group");
      const frozen = { ...recipe, trainer: { ...recipe.trainer, assignmentRateFactor } };
      const trainer = await prepare(optionsOf(learning, start), frozen);
      await trainer.step(0, 0.1);
      await trainer.step(1, 0.1);
      const state = await trainer.state(2);
      trainer.dispose();
      return state;
    };
    const [frozen, moved] = [await after(0), await after(1)];
    for (const { name } of assignmentParameters(spec)) {
      expect(tensorNamed(frozen.parameters, name)).toEqual(tensorNamed(start.parameters, name));
      expect(tensorNamed(frozen.momentum, name).data.every((value) => value === 0)).toBe(true);
      expect(tensorNamed(moved.parameters, name)).not.toEqual(tensorNamed(start.parameters, name));
    }
  },
);

test.each<KernelChoice>(["own", "stock"])(
  "training with given groups changes no bit of them, and the network is cut into exactly these: %s kernels",
  async (kernels) => {
    const { facts, state } = await trained(config, kernels);
    const start = groupStart(spec, config);
    for (const { name } of assignmentParameters(spec)) {
      expect(tensorNamed(state.parameters, name)).toEqual(tensorNamed(start.parameters, name));
      expect(tensorNamed(state.momentum, name).data.every((value) => value === 0)).toBe(true);
    }
    expect(tensorNamed(state.parameters, "logits/fc/weights")).not.toEqual(tensorNamed(start.parameters, "logits/fc/weights"));
    const partitions = fixedPartitions(spec, config.fixedGroups!, config.seed);
    expect(cutNetwork(config, CLASSES, state).partitions).toEqual(partitions);
    const steps = facts.flatMap((fact) => (fact.kind === "steps" ? fact.metrics : []));
    expect(steps.map(({ overlap }) => overlap)).toEqual(new Array<number>(STEPS).fill(0));
    expect(steps.every(({ uniform, weightSplit }) => uniform > 0 && weightSplit > 0)).toBe(true);
  },
);

test("penalties of given groups have gradients by the published rules too", async () => {
  const { state } = await trained({ ...config, fidelity: "published" }, "own");
  expect([...state.parameters.values()].every(({ data }) => data.every(Number.isFinite))).toBe(true);
});

test("weights start as those of the run that learns its groups", () => {
  const [given, learned] = [groupStart(spec, config), initialState(spec, config.seed)];
  const logits = new Set(assignmentParameters(spec).map(({ name }) => name));
  for (const [name, tensor] of learned.parameters) {
    if (logits.has(name)) expect(tensorNamed(given.parameters, name)).not.toEqual(tensor);
    else expect(tensorNamed(given.parameters, name)).toEqual(tensor);
  }
});
