import { afterAll, beforeAll, expect, test } from "vitest";
import { tensorNamed } from "../base/tensor";
import { sampleDataset } from "../data/sample";
import { splitTrainValidation } from "../data/split";
import { type OpenDevice, openDevice } from "../kernels/device";
import { groupingSpec } from "../model/build";
import { parseConfig } from "../model/config";
import { presetConfig } from "../model/presets";
import { identityOrder } from "../splitnet/plan";
import { backendOn, type KernelChoice } from "./backend";
import { recipeOf } from "./recipe";
import { initialState, type TrainState } from "./state";

const CLASSES = 4;
const { dataset } = sampleDataset({ classes: CLASSES, superclasses: 2, train: 40, test: 1, seed: 2 });
const tiny = presetConfig("tiny");
const config = parseConfig({ ...tiny, group: { ...tiny.group, batchSize: 8 }, evaluation: { batchSize: 5 } });
const spec = groupingSpec(config, CLASSES);
const start = initialState(spec, 1);
/** Running statistics that no batch has. */
const astray: TrainState = {
  ...start,
  statistics: new Map([...start.statistics].map(([name, tensor]) => [name, { ...tensor, data: tensor.data.map(() => 7) }])),
};
/** Two batches and a half. */
const images = Uint32Array.from({ length: 20 }, (_, index) => 39 - index);

let device: OpenDevice;
beforeAll(async () => {
  device = await openDevice(navigator.gpu);
});
afterAll(() => device.close());

async function looked(kernels: KernelChoice, state: TrainState): Promise<{ logits: Float32Array; after: TrainState }> {
  const { prepare } = await backendOn(device, kernels);
  const split = splitTrainValidation(dataset.train.count, 1);
  const shared = { stage: "group", spec, config, dataset, split, classOrder: identityOrder(CLASSES) } as const;
  const trainer = await prepare(
    { ...shared, start: state, checkpointRequested: () => false, now: () => 0 },
    recipeOf(config, "group"),
  );
  try {
    return { logits: await trainer.trainingLogits(images), after: await trainer.state(0) };
  } finally {
    trainer.dispose();
  }
}

test.each(["own", "stock"] as const)(
  "with the %s kernels a look at training images goes by their batches and leaves the running statistics",
  async (kernels) => {
    const { logits, after } = await looked(kernels, astray);
    expect(logits.length).toBe(images.length * CLASSES);
    expect([...logits]).toEqual([...(await looked(kernels, start)).logits]);
    for (const [name, { data }] of astray.statistics) expect(tensorNamed(after.statistics, name).data).toEqual(data);
  },
);

test("our kernels and the stock ones see the same, in a last batch that is filled up too", async () => {
  const [own, stock] = [await looked("own", start), await looked("stock", start)];
  const largest = Math.max(...own.logits.map(Math.abs));
  expect(Math.max(...own.logits.map((value, i) => Math.abs(value - stock.logits[i]!)))).toBeLessThan(1e-4 * largest);
});
