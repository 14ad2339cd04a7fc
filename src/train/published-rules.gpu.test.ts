import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sampleDataset } from "../data/sample";
import { splitTrainValidation } from "../data/split";
import { type OpenDevice, openDevice } from "../kernels/device";
import { groupingSpec } from "../model/build";
import type { Config } from "../model/config";
import { asPublished, fidelityRules } from "../model/fidelity";
import { presetConfig } from "../model/presets";
import { cutNetwork } from "../splitnet/pipeline";
import { identityOrder } from "../splitnet/plan";
import { type Backend, backendOn } from "./backend";
import type { FitOptions } from "./fit";
import { recipeOf } from "./recipe";
import { initialState, startingFrom } from "./state";

let device: OpenDevice;
let own: Backend;
let stock: Backend;
beforeAll(async () => {
  device = await openDevice(navigator.gpu);
  own = await backendOn(device, "own");
  stock = await backendOn(device, "stock");
});
afterAll(() => device.close());

const CLASSES = 4;
const { dataset } = sampleDataset({ classes: CLASSES, superclasses: 2, train: 30, test: 2, seed: 2 });
const tiny = presetConfig("tiny");
const sound: Config = {
  ...tiny,
  emptyGroups: "assign-nearest",
  group: { ...tiny.group, batchSize: 4, steps: 3, learningRateDrops: [], dropoutKeep: 0.5 },
  finetune: { ...tiny.finetune, batchSize: 4, steps: 3, learningRateDrops: [] },
  evaluation: { batchSize: 3 },
};
const published = asPublished(sound);

function stageOne(config: Config): FitOptions {
  const spec = groupingSpec(config, CLASSES);
  return { ...shared(config), stage: "group", spec, classOrder: identityOrder(CLASSES), start: initialState(spec, config.seed) };
}

function stageTwo(config: Config): FitOptions {
  const { plan, sliced } = cutNetwork(config, CLASSES, initialState(groupingSpec(config, CLASSES), config.seed));
  const start = startingFrom(sliced.parameters, sliced.statistics);
  return { ...shared(config), stage: "finetune", spec: plan.spec, classOrder: plan.classOrder, start };
}

function shared(config: Config) {
  const split = splitTrainValidation(dataset.train.count, 1);
  return { config, dataset, split, checkpointRequested: () => false, now: () => 0 };
}

/** Logits of validation images after no step, as they would be at each of these steps. */
async function validations(backend: Backend, options: FitOptions, steps: readonly number[]): Promise<Float32Array[]> {
  const trainer = await backend.prepare(options, recipeOf(options.config, options.stage));
  const logits: Float32Array[] = [];
  for (const step of steps) logits.push(await trainer.validationLogits(step));
  trainer.dispose();
  return logits;
}

async function losses(backend: Backend, options: FitOptions): Promise<number[]> {
  const trainer = await backend.prepare(options, recipeOf(options.config, options.stage));
  for (let step = 0; step < 3; step++) await trainer.step(step, 0.01);
  const reports = await trainer.takeReports();
  trainer.dispose();
  return reports.map(({ total }) => total);
}

test("the rules of a run's fidelity are those of its recipe, in both stages", () => {
  for (const config of [sound, published]) {
    for (const stage of ["group", "finetune"] as const) {
      const { rules, trainer } = recipeOf(config, stage);
      expect(rules).toEqual(fidelityRules(config.fidelity));
      expect(trainer.groupLassoEpsilon).toBe(rules.groupLassoEpsilon);
    }
  }
});

describe("dropout in validation", () => {
  test("as published it drops, other elements at every step; soundly nothing is dropped", { timeout: 120_000 }, async () => {
    for (const [name, backend] of Object.entries({ own, stock })) {
      const [first, second, again] = await validations(backend, stageOne(published), [5, 6, 5]);
      expect(first, name).not.toEqual(second);
      expect(first, name).toEqual(again);
      const whole = await validations(backend, stageOne(sound), [5, 6]);
      expect(whole[0], name).toEqual(whole[1]);
      expect(whole[0], name).not.toEqual(first);
    }
  });

  test("both engines drop the same elements", { timeout: 120_000 }, async () => {
    const [ours] = await validations(own, stageOne(published), [5]);
    const [theirs] = await validations(stock, stageOne(published), [5]);
    const largest = Math.max(...Array.from(theirs!, Math.abs));
    // Rounding alone differs: one dropped element more would move logits by a percent and up.
    theirs!.forEach((value, i) => {
      expect(Math.abs(ours![i]! - value)).toBeLessThanOrEqual(1e-4 * largest);
    });
  });

  test("in stage 2 there is none to drop, as published", { timeout: 120_000 }, async () => {
    const [first, second] = await validations(own, stageTwo(published), [5, 6]);
    expect(first).toEqual(second);
  });
});

test("published crops train to other numbers than sound ones, and to the same in both engines", {
  timeout: 120_000,
}, async () => {
  const [ours, theirs] = [await losses(own, stageOne(published)), await losses(stock, stageOne(published))];
  expect(ours).not.toEqual(await losses(own, stageOne(sound)));
  theirs.forEach((value, step) => {
    // As between the engines elsewhere: the first step differs by rounding, later ones by what rounding does to training.
    expect(Math.abs(ours[step]! - value), `step ${step}`).toBeLessThanOrEqual((step === 0 ? 1e-5 : 1e-3) * Math.max(1, value));
  });
});
