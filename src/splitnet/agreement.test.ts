import { expect, test } from "vitest";
import { adjustedRandIndex, agreementTest, normalizedMutualInformation } from "./agreement";

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

test("chance finds the planted halves of sixteen classes twice in 12,870 labellings, and any labelling as good as a bad one", () => {
  const families = Array.from({ length: 16 }, (_, label) => label % 2);
  const perfect = agreementTest(families, families, { draws: 1999, seed: 3 });
  expect(perfect.p).toBeLessThan(0.003);
  expect(perfect).toMatchObject({ arrangements: 2000, exact: false });
  // Four of each family in each group: no labelling has fewer pairs together in both.
  const crossed = families.map((_, label) => Math.floor(label / 8));
  expect(agreementTest(crossed, families, { draws: 500, seed: 3 }).p).toBe(1);
});

test("the share of random labellings is the exact one, within four standard errors", () => {
  // Six members in halves: of the 20 labellings 2 agree fully, and 20 agree in at least two of three.
  const found = agreementTest([0, 0, 0, 1, 1, 1], [1, 1, 1, 0, 0, 0], { draws: 4000, seed: 1 });
  expect(Math.abs(found.p - 0.1)).toBeLessThan(4 * Math.sqrt((0.1 * 0.9) / 4000));
  expect(agreementTest([0, 0, 0, 1, 1, 1], [1, 1, 0, 0, 0, 1], { draws: 300, seed: 1 }).p).toBe(1);
});

test("equal seeds give equal shares, and labellings of different lengths are refused", () => {
  const [a, b] = [
    [0, 0, 1, 1, 2, 2, 2],
    [0, 1, 1, 1, 2, 2, 0],
  ] as const;
  expect(agreementTest(a, b)).toEqual(agreementTest(a, b));
  expect(agreementTest(a, b, { draws: 999, seed: 2 }).p).not.toBe(agreementTest(a, b, { draws: 999, seed: 4 }).p);
  expect(() => agreementTest([0], [0, 1])).toThrow(/1 and 2 members/);
});
