import { describe, expect, test } from "vitest";
import { toHex } from "../base/bytes";
import { ConfigError } from "../base/errors";
import { evaluationBatch } from "./augment";
import type { Examples } from "./dataset";
import { importDataset } from "./import";
import { DEFAULT_SAMPLE, type SampleOptions, sampleDataset } from "./sample";
import { inspect } from "./summary";
import { importBytes, memoryFile } from "./testing";
import { binaryArchive, binaryFiles } from "./write-archive";

const options: SampleOptions = { classes: 10, superclasses: 4, train: 203, test: 31, seed: 8 };
const sample = sampleDataset(options);

test("equal options give equal bytes, another seed gives others", async () => {
  expect(inspect(sampleDataset(options).dataset)).toEqual(inspect(sample.dataset));
  expect(toHex(await binaryArchive(sampleDataset(options).dataset))).toBe(toHex(await binaryArchive(sample.dataset)));
  expect(inspect(sampleDataset({ ...options, seed: 9 }).dataset).train.images).not.toBe(inspect(sample.dataset).train.images);
});

test("the generator draws what it always drew, in Node as in Chromium", () => {
  const { dataset } = sampleDataset({ classes: 6, superclasses: 2, train: 300, test: 20, seed: 11 });
  expect(inspect(dataset).train.images).toBe("813286a53e2b0873dacea58f05ec8d5e578f7278209a4a05d648cf43d498a0d1");
});

test("counts are those asked for, classes are balanced and shuffled, and every class has one superclass", () => {
  const { train, test } = sample.dataset;
  expect([train.count, test.count, train.images.length]).toEqual([203, 31, 203 * 3072]);
  for (const part of [train, test]) {
    const counts = sample.families.map((_, label) => part.fine.filter((other) => other === label).length);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    part.fine.forEach((label, i) => {
      expect(part.coarse[i]).toBe(sample.families[label]);
    });
  }
  expect(train.fine.slice(0, 20)).not.toEqual(train.fine.slice(0, 20).toSorted());
  expect(new Set(sample.families).size).toBe(4);
});

test("all 256 byte values occur in the training and in the test pixels, even of a handful of images", () => {
  for (const small of [{ classes: 1, superclasses: 1, train: 2, test: 1, seed: 0 }, options]) {
    const { train, test } = sampleDataset(small).dataset;
    expect(new Set(train.images).size).toBe(256);
    expect(new Set(test.images).size).toBe(256);
  }
});

test("no two images are equal, between training and test neither", () => {
  const hashes = [sample.dataset.train, sample.dataset.test].flatMap((part) =>
    Array.from({ length: part.count }, (_, i) => toHex(part.images.subarray(i * 3072, i * 3072 + 300))),
  );
  expect(new Set(hashes).size).toBe(hashes.length);
});

test("the written archive and its files read back as the same data", async () => {
  const { dataset } = sample;
  expect(inspect((await importBytes("sample.tar.gz", await binaryArchive(dataset))).dataset)).toEqual(inspect(dataset));
  const files = binaryFiles(dataset).map(({ path, bytes }) => memoryFile(path, bytes));
  expect(inspect((await importDataset(files, () => undefined)).dataset)).toEqual(inspect(dataset));
});

test("any number of classes up to 256 in any number of families works, with names of their own", () => {
  for (const [classes, superclasses] of [
    [1, 1],
    [2, 2],
    [7, 3],
    [20, 20],
    [100, 20],
    [256, 1],
    [256, 256],
  ] as const) {
    const { dataset, families } = sampleDataset({ classes, superclasses, train: 2, test: 1, seed: 1 });
    expect(new Set(dataset.classes).size).toBe(classes);
    expect(new Set(dataset.superclasses).size).toBe(superclasses);
    expect(families.every((family) => family < superclasses)).toBe(true);
    expect(dataset.classes.every((name) => /^[a-z]+(-\d+)?_\d+$/.test(name))).toBe(true);
  }
});

describe("impossible options", () => {
  const wrong: Partial<SampleOptions>[] = [
    { classes: 3 },
    { classes: 257 },
    { classes: 4.5 },
    { superclasses: 0 },
    { train: 1 },
    { train: Number.POSITIVE_INFINITY },
    { test: 0 },
    { test: 10_000_000 },
    { seed: -1 },
    { seed: 2 ** 32 },
    { seed: Number.NaN },
  ];
  test.each(wrong)("%o is refused by name", (change) => {
    const attempt = () => sampleDataset({ ...options, ...change });
    expect(attempt).toThrow(ConfigError);
    expect(attempt).toThrow(Object.keys(change)[0]);
  });
});

/** Distance of two batches of the same shape, summed over all values. */
function distance(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0);
}

/** A class and a family, told from the mean spectrum of whitened rows and columns: no network, no position, no mirror side. */
function features({ images, count }: Examples): Float32Array[] {
  const examples = { images, count, fine: new Uint8Array(count), coarse: new Uint8Array(count) };
  return Array.from({ length: count }, (_, index) => {
    const image = evaluationBatch(examples, Uint32Array.of(index), 1e-6).images;
    const lags = [1, 2, 3, 4, 6, 8];
    const out: number[] = [];
    for (const [dx, dy] of lags.flatMap(
      (lag) =>
        [
          [lag, 0],
          [0, lag],
        ] as const,
    )) {
      for (const [first, second] of [
        [0, 0],
        [1, 1],
        [2, 2],
        [0, 1],
        [0, 2],
        [1, 2],
      ] as const) {
        let sum = 0;
        for (let y = 0; y + dy < 32; y++) {
          for (let x = 0; x + dx < 32; x++)
            sum += image[(y * 32 + x) * 3 + first]! * image[((y + dy) * 32 + x + dx) * 3 + second]!;
        }
        out.push(sum / ((32 - dx) * (32 - dy)));
      }
    }
    return Float32Array.from(out);
  });
}

test("classes and families of the default sample are told apart by features that survive flips, shifts and whitening", () => {
  const { dataset, families } = sampleDataset({ ...DEFAULT_SAMPLE, train: 360, test: 120 });
  const known = features(dataset.train);
  const means = families.map((_, label) => {
    const members = known.filter((_, i) => dataset.train.fine[i] === label);
    return Float32Array.from(members[0]!, (_, k) => members.reduce((sum, one) => sum + one[k]!, 0) / members.length);
  });
  const nearest = features(dataset.test).map((one) => {
    const distances = means.map((mean) => distance(one, mean));
    return distances.indexOf(Math.min(...distances));
  });
  const right = nearest.filter((label, i) => label === dataset.test.fine[i]).length / nearest.length;
  const rightFamily = nearest.filter((label, i) => families[label] === dataset.test.coarse[i]).length / nearest.length;
  // Chance is 0.08 and 0.25.
  expect(right).toBeGreaterThan(0.8);
  expect(rightFamily).toBeGreaterThan(0.9);
});
