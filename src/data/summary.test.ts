import { createHash } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { pythonArchive } from "../../tests/support/python-archive";
import { StorageError } from "../base/errors";
import type { Dataset, DatasetSummary } from "./dataset";
import { packDataset, unpackDataset } from "./pack";
import { sampleDataset } from "./sample";
import { inspect, parseSummary, summarize } from "./summary";
import { importBytes } from "./testing";
import { binaryArchive } from "./write-archive";

const { dataset, families } = sampleDataset({ classes: 7, superclasses: 3, train: 40, test: 9, seed: 2 });
const imported = { dataset, source: "sample data", original: null };
let summary: DatasetSummary;

beforeAll(() => {
  summary = summarize(imported, 77);
});

const changed = (change: Partial<Dataset>): string => summarize({ ...imported, dataset: { ...dataset, ...change } }, 77).id;

test("inspection gives the SHA-256 of images and labels", () => {
  const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
  const { images, fine, coarse } = dataset.test;
  expect(inspect(dataset).test).toEqual({ count: 9, images: sha256(images), fine: sha256(fine), coarse: sha256(coarse) });
  expect(Object.keys(inspect(dataset))).toEqual(["train", "test", "classes", "superclasses"]);
});

test("the summary counts images per class and finds the superclass of each class", () => {
  expect(summary).toMatchObject({ source: "sample data", original: null, trainCount: 40, testCount: 9, splitSeed: 77 });
  expect(summary.trainPerClass.reduce((a, b) => a + b)).toBe(40);
  expect(summary.testPerClass.reduce((a, b) => a + b)).toBe(9);
  expect(summary.superclassOf).toEqual(families);
});

test("a class with stray superclass labels belongs to the most frequent one", () => {
  const coarse = dataset.train.coarse.slice();
  const first = dataset.train.fine.indexOf(4);
  coarse[first] = (coarse[first]! + 1) % 3;
  const stray = { ...dataset, train: { ...dataset.train, coarse } };
  expect(summarize({ ...imported, dataset: stray }, 1).superclassOf).toEqual(families);
});

test("the id is that of the content: equal for both archives, another for any change", async () => {
  const binary = await importBytes("b", await binaryArchive(dataset));
  const python = await importBytes("p", await pythonArchive(dataset));
  expect(summarize(binary, 1).id).toBe(summary.id);
  expect(summarize(python, 2).id).toBe(summary.id);
  const images = dataset.test.images.slice();
  images[5000]! ^= 1;
  const ids = [
    summary.id,
    changed({ test: { ...dataset.test, images } }),
    changed({ train: dataset.test, test: dataset.train }),
    changed({ classes: [...dataset.classes.slice(0, -1), "other"] }),
    changed({ superclasses: [...dataset.superclasses.slice(0, -1), "other"] }),
    changed({ test: { ...dataset.test, coarse: dataset.test.coarse.map((label) => 2 - label) } }),
  ];
  expect(new Set(ids).size).toBe(ids.length);
});

test("a summary survives JSON, a damaged one is refused by field", () => {
  expect(parseSummary(JSON.parse(JSON.stringify(summary)))).toEqual(summary);
  const damaged: [Record<string, unknown> | null, string][] = [
    [null, "summary"],
    [{ ...summary, id: "abc" }, "id"],
    [{ ...summary, trainCount: 41 }, "do not add up"],
    [{ ...summary, superclassOf: families.map(() => 3) }, "do not fit"],
    [{ ...summary, testPerClass: [9] }, "do not fit"],
    [{ ...summary, classes: "apple" }, "classes"],
    [{ ...summary, extra: 1 }, "extra"],
  ];
  for (const [value, field] of damaged) {
    expect(() => parseSummary(value)).toThrow(StorageError);
    expect(() => parseSummary(value)).toThrow(field);
  }
});

test("packing and unpacking give the same data, as views and also from within a larger buffer", () => {
  const bytes = packDataset(dataset);
  const unpacked = unpackDataset(bytes, summary);
  expect(unpacked).toEqual(dataset);
  expect(unpacked.test.images.buffer).toBe(bytes.buffer);
  const inside = new Uint8Array(bytes.length + 13);
  inside.set(bytes, 13);
  expect(inspect(unpackDataset(inside.subarray(13), summary))).toEqual(inspect(dataset));
});

test("bytes that do not fit the summary are refused", () => {
  const bytes = packDataset(dataset);
  expect(() => unpackDataset(bytes.subarray(1), summary)).toThrow(`${bytes.length - 1} bytes`);
  const wrong = bytes.slice();
  wrong[40 * 3072 + 6] = 7;
  expect(() => unpackDataset(wrong, summary)).toThrow("class of record 6 is 7 of 7");
});
