import { expect, test } from "vitest";
import { batchIndices, batchSampler, endsEpoch } from "./batches";
import { splitTrainValidation } from "./split";

test("50,000 images split into 45,000 and 5,000, every one in exactly one part, both ascending", () => {
  const { train, validation, seed } = splitTrainValidation(50_000, 7);
  expect([train.length, validation.length, seed]).toEqual([45_000, 5_000, 7]);
  expect(new Set([...train, ...validation]).size).toBe(50_000);
  for (const part of [train, validation]) expect(part.every((index, i) => i === 0 || index > part[i - 1]!)).toBe(true);
});

test("a tenth is set aside for any count, at least one image", () => {
  const sizes = [2, 3, 9, 10, 11, 101, 1200].map((count) => splitTrainValidation(count, 1).validation.length);
  expect(sizes).toEqual([1, 1, 1, 1, 1, 10, 120]);
  for (const count of [0, 1, 2.5]) expect(() => splitTrainValidation(count, 1)).toThrow("cannot be split");
});

test("the seed decides the split", () => {
  expect(splitTrainValidation(500, 3)).toEqual(splitTrainValidation(500, 3));
  expect(splitTrainValidation(500, 3).validation).not.toEqual(splitTrainValidation(500, 4).validation);
});

const train = Uint32Array.from({ length: 23 }, (_, i) => 100 + 3 * i);

test("each epoch takes every image once, in a new order, and batches run across its end", () => {
  const sample = batchSampler(train, 5, 7);
  const taken = Array.from({ length: 23 }, (_, step) => [...sample(step)]).flat();
  expect(taken.length).toBe(7 * 23);
  const epochs = Array.from({ length: 7 }, (_, epoch) => taken.slice(23 * epoch, 23 * (epoch + 1)));
  for (const epoch of epochs) expect(epoch.toSorted((a, b) => a - b)).toEqual([...train]);
  expect(new Set(epochs.map((epoch) => epoch.join())).size).toBe(7);
});

test("the indices of a step are the same in order, out of order and alone", () => {
  const sample = batchSampler(train, 5, 7);
  const inOrder = Array.from({ length: 40 }, (_, step) => sample(step));
  for (const step of [39, 0, 17, 3, 4]) {
    expect(sample(step)).toEqual(inOrder[step]);
    expect(batchIndices(train, 5, step, 7)).toEqual(inOrder[step]);
  }
  expect(batchIndices(train, 6, 0, 7)).not.toEqual(inOrder[0]);
});

test("a batch larger than the data takes images again", () => {
  const batch = batchIndices(train, 1, 0, 50);
  for (const index of train) expect(batch.filter((taken) => taken === index).length).toBeGreaterThanOrEqual(2);
  expect(() => batchSampler(new Uint32Array(0), 1, 4)).toThrow("there are none");
  expect(() => batchSampler(train, 1, 0)).toThrow("batchSize");
});

test("an epoch ends with the batch that takes its last image, whether or not it is the batch's last", () => {
  const ends = (batchSize: number, steps: number) =>
    Array.from({ length: steps }, (_, step) => step).filter((step) => endsEpoch(step, batchSize, 23));
  expect(ends(7, 10)).toEqual([3, 6, 9]);
  expect(ends(23, 3)).toEqual([0, 1, 2]);
  expect(ends(50, 2)).toEqual([0, 1]);
});
