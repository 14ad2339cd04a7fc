import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { integerOf, randomStream } from "../base/random";
import type { Dataset, Examples } from "../data/dataset";
import { splitTrainValidation } from "../data/split";
import { type OpenDevice, openDevice } from "../kernels/device";
import { groupingSpec } from "../model/build";
import type { Config } from "../model/config";
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

const CLASSES = 5;

function examples(count: number, purpose: number): Examples {
  const stream = randomStream(11, "sample");
  const images = Uint8Array.from({ length: count * 3072 }, (_, i) => integerOf(stream.words(i, purpose)[0], 256));
  const fine = Uint8Array.from({ length: count }, (_, i) => (3 * i + 1) % CLASSES);
  return { count, images, fine, coarse: fine };
}

// Fewer images than a batch: a batch takes from two or three epochs.
const dataset: Dataset = {
  train: examples(5, 1),
  test: examples(3, 2),
  classes: ["a", "b", "c", "d", "e"],
  superclasses: ["all", "of", "them", "and", "more"],
};
const tiny = presetConfig("tiny");
const stage = {
  batchSize: 6,
  steps: 4,
  learningRate: 0.01,
  learningRateDrops: [],
  validateEverySteps: 9,
  checkpointEverySteps: 9,
};
const config: Config = {
  ...tiny,
  grouping: "1-2-3",
  emptyGroups: "assign-nearest",
  group: { ...tiny.group, ...stage, dropoutKeep: 0.6 },
  finetune: { ...tiny.finetune, ...stage },
  evaluation: { batchSize: 2 },
};

const shared = {
  config,
  dataset,
  split: splitTrainValidation(dataset.train.count, 1),
  checkpointRequested: () => false,
  now: () => 0,
};

function stageOne(): FitOptions {
  const spec = groupingSpec(config, CLASSES);
  return { ...shared, stage: "group", spec, classOrder: identityOrder(CLASSES), start: initialState(spec, config.seed) };
}

function stageTwo(): FitOptions {
  const { plan, sliced } = cutNetwork(config, CLASSES, initialState(groupingSpec(config, CLASSES), config.seed));
  const start = startingFrom(sliced.parameters, sliced.statistics);
  return { ...shared, stage: "finetune", spec: plan.spec, classOrder: plan.classOrder, start };
}

async function losses({ prepare }: Backend, options: FitOptions): Promise<readonly Readonly<Record<string, number>>[]> {
  const recipe = recipeOf(options.config, options.stage);
  const trainer = await prepare(options, recipe);
  for (let step = 0; step < stage.steps; step++) await trainer.step(step, stage.learningRate);
  const reports = await trainer.takeReports();
  trainer.dispose();
  return reports.map((report) => ({ ...report }));
}

describe.each([
  ["stage 1", stageOne],
  ["stage 2", stageTwo],
])("%s", (_, make) => {
  test("takes the stock trainer's batches, crops and masks, and reports its losses", { timeout: 120_000 }, async () => {
    const options = make();
    const [ours, theirs] = [await losses(own, options), await losses(stock, options)];
    expect(ours).toHaveLength(stage.steps);
    for (let step = 0; step < stage.steps; step++) {
      for (const [term, value] of Object.entries(theirs[step]!)) {
        // The first step differs by rounding alone; later ones by what rounding does to training.
        const tolerance = step === 0 ? 1e-5 : 1e-3;
        expect(Math.abs(ours[step]![term]! - value), `${term} of step ${step}`).toBeLessThanOrEqual(
          tolerance * Math.max(1, Math.abs(value)),
        );
      }
    }
  });

  test("evaluates to the stock engine's logits, in class order, a short last batch included", async () => {
    const options = make();
    const { start, spec, classOrder } = options;
    const request = { examples: dataset.test, batchSize: 2, whiteningGuard: 1e-6, classOrder };
    const network = { spec, parameters: start.parameters, statistics: start.statistics };
    const [ours, theirs] = [await own.evaluate(network, request), await stock.evaluate(network, request)];
    expect(ours.logits).toHaveLength(dataset.test.count * CLASSES);
    const largest = Math.max(...Array.from(theirs.logits, Math.abs));
    theirs.logits.forEach((value, i) => {
      expect(Math.abs(ours.logits[i]! - value)).toBeLessThanOrEqual(1e-5 * largest);
    });
  });

  test("validates on what the trainer's network has become", async () => {
    const options = make();
    const recipe = recipeOf(config, options.stage);
    const trainer = await own.prepare(options, recipe);
    const before = await trainer.validationLogits(0);
    await trainer.step(0, 0.1);
    const after = await trainer.validationLogits(1);
    const state = await trainer.state(1);
    const { logits } = await own.evaluate(
      { spec: options.spec, parameters: state.parameters, statistics: state.statistics },
      {
        examples: dataset.train,
        indices: options.split.validation,
        batchSize: 2,
        whiteningGuard: 1e-6,
        classOrder: options.classOrder,
      },
    );
    expect(after).toEqual(logits);
    expect(after).not.toEqual(before);
    trainer.dispose();
  });
});
