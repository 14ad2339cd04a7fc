import { expect, test } from "vitest";
import { withSample } from "../../tests/support/studio";
import { evaluationBatch, thumbnail, trainingBatch, whitenedThumbnail } from "../data/augment";
import { batchIndices } from "../data/batches";
import { sampleDataset } from "../data/sample";
import { splitTrainValidation } from "../data/split";
import { exampleConfig } from "../engine/testing";
import { fidelityRules } from "../model/fidelity";
import { stageSeed } from "../train/recipe";

const { dataset } = sampleDataset();
const split = splitTrainValidation(dataset.train.count, 1);
const all = { superclass: null, label: null, order: "index" } as const;

test("each part shows its own images: together those of the archive, none twice", async () => {
  const page = await withSample();
  const indicesOf = async (part: "train" | "validation") => {
    const found: number[] = [];
    for (let offset = 0; offset < 1200; offset += 200) {
      await page.send({ kind: "loadExamples", choice: { ...all, part }, offset, count: 200 });
      found.push(
        ...page
          .of("examplesLoaded")
          .at(-1)!
          .examples.images.map(({ index }) => index),
      );
    }
    return found;
  };
  expect(await indicesOf("train")).toEqual([...split.train]);
  expect(await indicesOf("validation")).toEqual([...split.validation]);
  const { perClass, rgba } = page.of("examplesLoaded")[0]!.examples;
  const sums = (["train", "validation", "test"] as const).map((part) => perClass[part].reduce((a, b) => a + b));
  expect(sums).toEqual([split.train.length, split.validation.length, dataset.test.count]);
  expect(rgba.slice(0, 4096)).toEqual(thumbnail(dataset.train, split.train[0]!));
});

test("a superclass and a class narrow the images, and a part of them is a page", async () => {
  const page = await withSample();
  const superclassOf = page.of("datasetChanged").at(-1)!.dataset!.superclassOf;
  await page.send({ kind: "loadExamples", choice: { ...all, part: "test", superclass: 1 }, offset: 0, count: 200 });
  await page.send({ kind: "loadExamples", choice: { ...all, part: "test", label: 5 }, offset: 20, count: 10 });
  await page.send({ kind: "loadExamples", choice: { ...all, part: "test", label: 99 }, offset: 0, count: 10 });
  const [ofSuper, ofClass] = page.of("examplesLoaded").map(({ examples }) => examples);
  expect(ofSuper!.images.every(({ label }) => superclassOf[label] === 1)).toBe(true);
  expect(ofClass).toMatchObject({ total: 25, offset: 20 });
  expect(ofClass!.images.map(({ label }) => label)).toEqual([5, 5, 5, 5, 5]);
  expect(page.of("requestFailed").map(({ error }) => error.message)).toEqual(["there is no class 99"]);
});

test("images come in the order of their classes or from dark to bright", async () => {
  const page = await withSample();
  for (const order of ["class", "brightness"] as const)
    await page.send({ kind: "loadExamples", choice: { ...all, part: "test", order }, offset: 0, count: 200 });
  const [byClass, byBrightness] = page.of("examplesLoaded").map(({ examples }) => examples.images);
  const labels = byClass!.map(({ label }) => label);
  expect(labels).toEqual(labels.toSorted((a, b) => a - b));
  const sums = byBrightness!.map(({ index }) =>
    dataset.test.images.slice(3072 * index, 3072 * (index + 1)).reduce((a, b) => a + b),
  );
  expect(sums).toEqual(sums.toSorted((a, b) => a - b));
});

test.each(["group", "finetune"] as const)(
  "a preview of stage %s shows what training makes of the image, step by step",
  async (stage) => {
    const page = await withSample();
    const index = split.train[7]!;
    const asked = { kind: "previewImage", part: "train", index, config: exampleConfig, stage } as const;
    await page.send({ ...asked, firstEpoch: 2, epochs: 3 });
    const { draws, rgba, label } = page.of("imagePreviewed")[0]!.preview;
    expect(label).toBe(dataset.train.fine[index]);
    expect(draws.map(({ epoch }) => epoch)).toEqual([2, 3, 4]);
    const rules = fidelityRules(exampleConfig.fidelity);
    const seed = stageSeed(exampleConfig.seed, stage);
    const { batchSize } = exampleConfig[stage];
    draws.forEach(({ step }, draw) => {
      const indices = batchIndices(split.train, seed, step, batchSize);
      const { images } = trainingBatch(dataset.train, indices, { seed, step, rules });
      const position = indices.indexOf(index);
      const values = images.slice(3072 * position, 3072 * (position + 1));
      expect(rgba.slice(4096 * (2 + draw), 4096 * (3 + draw))).toEqual(whitenedThumbnail(values));
    });
    expect(rgba.slice(0, 4096)).toEqual(thumbnail(dataset.train, index));
    const evaluated = evaluationBatch(dataset.train, Uint32Array.of(index), rules.whiteningGuard).images;
    expect(rgba.slice(4096, 8192)).toEqual(whitenedThumbnail(evaluated));
  },
);

test("images that are not trained on have no draws, and an image of another part is refused", async () => {
  const page = await withSample();
  const asked = {
    kind: "previewImage",
    index: split.validation[0]!,
    config: exampleConfig,
    stage: "group",
    firstEpoch: 0,
    epochs: 4,
  } as const;
  await page.send({ ...asked, part: "validation" });
  await page.send({ ...asked, part: "train" });
  expect(page.of("imagePreviewed").map(({ preview }) => preview.draws)).toEqual([[]]);
  expect(page.of("requestFailed").map(({ error }) => error.name)).toEqual(["RequestError"]);
});
