import { describe, expect, test } from "vitest";
import { StatisticsError } from "./errors";
import { deviation, estimateMean, mean, pairedDifferences } from "./statistics";

test("mean and sample deviation are those worked out by hand", () => {
  // Squares of the deviations from 5: 9 + 1 + 1 + 1 + 0 + 0 + 4 + 16 = 32, over 7.
  expect(mean([2, 4, 4, 4, 5, 5, 7, 9])).toBe(5);
  expect(deviation([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(Math.sqrt(32 / 7), 14);
  expect([mean([3]), deviation([3])]).toEqual([3, 0]);
});

test("the deviation of numbers far from zero keeps its digits", () => {
  expect(deviation([1e9 + 1, 1e9 + 2, 1e9 + 3])).toBeCloseTo(1, 12);
});

test("the interval of five seeds is the mean and 2.776 standard errors on each side", () => {
  // Deviation of 1 .. 5 is sqrt(2.5), of the mean sqrt(0.5); 2.776445 is the tabled 97.5 % point of 4 degrees of freedom.
  const estimate = estimateMean([1, 2, 3, 4, 5]);
  expect(estimate).toMatchObject({ count: 5, mean: 3, deviation: Math.sqrt(2.5) });
  expect(estimate.low).toBeCloseTo(3 - 2.776445 * Math.sqrt(0.5), 6);
  expect(estimate.high).toBeCloseTo(3 + 2.776445 * Math.sqrt(0.5), 6);
});

test("more confidence is a wider interval, equal numbers are one of no width, one number is one without ends", () => {
  const width = (confidence: number): number =>
    estimateMean([1, 2, 4], confidence).high - estimateMean([1, 2, 4], confidence).low;
  expect(width(0.99)).toBeGreaterThan(2 * width(0.9));
  expect(estimateMean([7, 7, 7])).toEqual({ count: 3, mean: 7, deviation: 0, low: 7, high: 7 });
  expect(estimateMean([7])).toEqual({ count: 1, mean: 7, deviation: 0, low: -Infinity, high: Infinity });
});

test("a paired difference shows what the spread between seeds hides", () => {
  const [learned, random] = [
    [0.7, 0.8, 0.9],
    [0.69, 0.78, 0.89],
  ];
  const paired = estimateMean(pairedDifferences(learned!, random!));
  expect(paired.mean).toBeCloseTo(0.04 / 3, 12);
  expect(paired.low).toBeLessThan(0);
  // t = 4.302653 of 2 degrees; deviation of 0.01, 0.02, 0.01 is 0.01 / sqrt(3); over sqrt(3) again.
  expect(paired.high - paired.mean).toBeCloseTo((4.302653 * 0.01) / 3, 8);
  expect(estimateMean(learned!).low).toBeLessThan(estimateMean(random!).high);
});

describe("what nothing can be said about is refused by name", () => {
  test.each([
    ["no numbers", () => mean([])],
    ["no numbers", () => deviation([])],
    ["no numbers", () => estimateMean([])],
    ["NaN is not a finite number", () => estimateMean([1, Number.NaN])],
    ["Infinity is not a finite number", () => mean([Number.POSITIVE_INFINITY])],
    ["2 values beside 1", () => pairedDifferences([1, 2], [1])],
    ["a confidence of 1", () => estimateMean([1, 2], 1)],
    ["a confidence of 0", () => estimateMean([1, 2], 0)],
    ["a confidence of NaN", () => estimateMean([1], Number.NaN)],
  ])("%s", (words, attempt) => {
    expect(attempt).toThrow(StatisticsError);
    expect(attempt).toThrow(words);
  });
});
