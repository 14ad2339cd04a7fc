import { expect, test } from "vitest";
import { adjustedRandIndex, normalizedMutualInformation } from "./agreement";

test("the same partition under other names agrees fully", () => {
  expect(adjustedRandIndex([0, 0, 1, 1, 2], [7, 7, 3, 3, 0])).toBe(1);
});

test("the index equals the value worked out by hand", () => {
  // Contingency [[2, 1], [0, 3]]: pairs together 1 + 0 + 0 + 3 = 4; rows 3 + 3 = 6; columns 1 + 6 = 7; expected 6 * 7 / 15.
  expect(adjustedRandIndex([0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 1, 1])).toBeCloseTo((4 - 2.8) / (6.5 - 2.8), 12);
});

test("crossed partitions agree less than chance", () => {
  expect(adjustedRandIndex([0, 0, 1, 1], [0, 1, 0, 1])).toBeCloseTo(-0.5, 12);
});

test("everything in one group agrees with itself and tells nothing about another partition", () => {
  expect(adjustedRandIndex([0, 0, 0], [0, 0, 0])).toBe(1);
  expect(adjustedRandIndex([0, 1, 2], [2, 1, 0])).toBe(1);
  expect(adjustedRandIndex([0, 0, 0, 0], [0, 0, 1, 1])).toBe(0);
});

test("labellings of different lengths are refused", () => {
  expect(() => adjustedRandIndex([0], [0, 1])).toThrow(/1 and 2 members/);
  expect(() => normalizedMutualInformation([0], [0, 1])).toThrow(/1 and 2 members/);
});

test("mutual information is 1 for equal partitions, 0 for independent ones, and in between as worked out by hand", () => {
  expect(normalizedMutualInformation([0, 0, 1, 2], [7, 7, 3, 5])).toBeCloseTo(1, 12);
  expect(normalizedMutualInformation([0, 0, 1, 1], [0, 1, 0, 1])).toBeCloseTo(0, 12);
  expect(normalizedMutualInformation([4, 4], [1, 1])).toBe(1);
  // Entropies ln 2 and 1.5 ln 2, joint 1.5 ln 2: mutual ln 2.
  expect(normalizedMutualInformation([0, 0, 1, 1], [0, 0, 1, 2])).toBeCloseTo(0.8, 12);
});
