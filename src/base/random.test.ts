import { expect, test } from "vitest";
import { integerOf, normals, permutation, randomStream, uniformOf } from "./random";

test("streams of one seed differ by name, and a stream depends on nothing but seed, name and counter", () => {
  const words = randomStream(7, "order").words(3, 5, 11);
  expect(randomStream(7, "order").words(3, 5, 11)).toEqual(words);
  expect(randomStream(7, "augment").words(3, 5, 11)).not.toEqual(words);
  expect(randomStream(8, "order").words(3, 5, 11)).not.toEqual(words);
});

test("uniform numbers are in [0, 1) and exact in float32", () => {
  for (const word of [0, 1, 255, 256, 0x7fffffff, 0xffffffff]) {
    const value = uniformOf(word);
    expect(value).toBeGreaterThanOrEqual(0);
    expect(value).toBeLessThan(1);
    expect(Math.fround(value)).toBe(value);
  }
});

test("integers stay below their bound", () => {
  expect(integerOf(0, 9)).toBe(0);
  expect(integerOf(0xffffffff, 9)).toBe(8);
});

test("a permutation holds every index once and changes with the round", () => {
  const stream = randomStream(7, "order");
  const first = permutation(stream, 211, 0);
  expect([...first].sort((a, b) => a - b)).toEqual(Array.from({ length: 211 }, (_, i) => i));
  expect(permutation(stream, 211, 1)).not.toEqual(first);
});

test("normal numbers have the asked deviation, and arrays of one stream are independent", () => {
  const stream = randomStream(7, "init");
  const values = normals(stream, 20_001, 0.5, 3);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  // Three standard errors of the mean and of the variance at n = 20,001.
  expect(Math.abs(mean)).toBeLessThan(3 * (0.5 / Math.sqrt(20_001)));
  expect(Math.abs(variance / 0.25 - 1)).toBeLessThan(3 * Math.sqrt(2 / 20_001));
  expect(normals(stream, 8, 0.5, 4)).not.toEqual(values.slice(0, 8));
});
