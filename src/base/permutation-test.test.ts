import { expect, test } from "vitest";
import { StatisticsError } from "./errors";
import { randomArrangements, signFlipTest } from "./permutation-test";

test("five differences of one sign are as rare as two patterns of thirty-two", () => {
  expect(signFlipTest([1, 2, 3, 4, 5])).toEqual({ p: 2 / 32, arrangements: 32, exact: true });
  expect(signFlipTest([-0.1, -0.2, -0.3, -0.4, -0.5]).p).toBe(2 / 32);
});

test("the share is the one counted by hand", () => {
  // Of +-1 +-2 +-4 the sums are -7, -5, -3, -1, 1, 3, 5, 7, one pattern each; seen is 1 + 4 - 2 = 3.
  expect(signFlipTest([1, -2, 4]).p).toBe(6 / 8);
  expect(signFlipTest([1, 2, 4]).p).toBe(2 / 8);
});

test("zeros and equal differences are counted with their ties, whatever rounding does to their sums", () => {
  expect(signFlipTest([0, 0, 0]).p).toBe(1);
  // 0.1 + 0.2 - 0.3 is not 0 in floating point: patterns and their opposites must tie all the same.
  expect(signFlipTest([0.1, 0.2, -0.3]).p).toBe(1);
  expect(signFlipTest([0.3, 0.2, 0.1]).p).toBe(2 / 8);
  expect(signFlipTest([0.1, 0.1, 0.1, 0.1]).p).toBe(2 / 16);
});

test("one difference says nothing", () => {
  expect(signFlipTest([3])).toEqual({ p: 1, arrangements: 2, exact: true });
});

test("of many differences random patterns come close to the exact share, equal seeds to equal ones", () => {
  // Thirty-six ones and four minus ones: the sum is 32, and sums of 40 signs at least that far from 0 are 2 (1 + 40 + 780 + 9880 + 91390).
  const rare = Array.from({ length: 40 }, (_, index) => (index < 4 ? -1 : 1));
  expect(signFlipTest(rare).p).toBe(1 / 10_000);
  // Eighteen ones, five of them turned: sum 8. Exact: both tails of the binomial distribution of 18, up to 5.
  const mild = Array.from({ length: 18 }, (_, index) => (index < 5 ? -1 : 1));
  const exact = (2 * (1 + 18 + 153 + 816 + 3060 + 8568)) / 2 ** 18;
  const found = signFlipTest(mild, { draws: 4000, seed: 5 });
  expect(found).toMatchObject({ arrangements: 4001, exact: false });
  // Four standard errors of a share of 0.096 in 4,000 draws.
  expect(Math.abs(found.p - exact)).toBeLessThan(4 * Math.sqrt((exact * (1 - exact)) / 4000));
  expect(signFlipTest(mild, { draws: 4000, seed: 5 })).toEqual(found);
  expect(signFlipTest(mild, { draws: 4000, seed: 6 })).not.toEqual(found);
});

test("what was seen is one of the arrangements: a share is never zero", () => {
  expect(randomArrangements(99, () => false)).toEqual({ p: 0.01, arrangements: 100, exact: false });
  expect(randomArrangements(99, (draw) => draw < 49).p).toBe(0.5);
});

test("no differences, and one that is not finite, are refused", () => {
  expect(() => signFlipTest([])).toThrow(StatisticsError);
  expect(() => signFlipTest([1, Number.NaN])).toThrow(StatisticsError);
});
