import { describe, expect, test } from "vitest";
import { incompleteBeta, studentBelow, studentQuantile } from "./student";

describe("quantiles are those of the printed tables, to their last digit", () => {
  // Abramowitz and Stegun 1964, table 26.10: percentage points of t for two-sided 0.9, 0.95, 0.99, 0.999.
  test.each([
    [1, 6.314, 12.706, 63.657, 636.619],
    [2, 2.92, 4.303, 9.925, 31.598],
    [3, 2.353, 3.182, 5.841, 12.924],
    [4, 2.132, 2.776, 4.604, 8.61],
    [5, 2.015, 2.571, 4.032, 6.869],
    [9, 1.833, 2.262, 3.25, 4.781],
    [10, 1.812, 2.228, 3.169, 4.587],
    [30, 1.697, 2.042, 2.75, 3.646],
    [120, 1.658, 1.98, 2.617, 3.373],
  ])("%i degrees of freedom", (freedom, ...tabled) => {
    const found = [0.9, 0.95, 0.99, 0.999].map((confidence) => studentQuantile((1 + confidence) / 2, freedom));
    found.forEach((quantile, index) => {
      // The table's 31.598 for two degrees is known to be rounded wrong: the closed form below gives 31.599.
      expect(Math.abs(quantile - tabled[index]!)).toBeLessThan(freedom === 2 && index === 3 ? 1.5e-3 : 5.1e-4);
    });
  });
});

test("one and two degrees of freedom have closed forms", () => {
  for (const p of [0.5, 0.6, 0.9, 0.975, 0.9999]) {
    const [one, two] = [Math.tan(Math.PI * (p - 0.5)), (2 * p - 1) * Math.sqrt(2 / (4 * p * (1 - p)))];
    expect(Math.abs(studentQuantile(p, 1) - one)).toBeLessThanOrEqual(1e-10 * Math.max(1, one));
    expect(Math.abs(studentQuantile(p, 2) - two)).toBeLessThanOrEqual(1e-10 * Math.max(1, two));
  }
});

test("with many degrees of freedom t becomes normal", () => {
  // 1.959963985 is the normal quantile; the first correction is (z^3 + z) / 4n (26.7.5).
  const z = 1.959963984540054;
  expect(studentQuantile(0.975, 1e6)).toBeCloseTo(z + (z ** 3 + z) / 4e6, 9);
});

test("the quantile undoes the distribution, and both are odd about the middle", () => {
  for (const freedom of [1, 2.5, 4, 17, 200]) {
    for (const p of [0.001, 0.2, 0.5, 0.77, 0.995]) {
      expect(studentBelow(studentQuantile(p, freedom), freedom)).toBeCloseTo(p, 11);
      expect(studentQuantile(1 - p, freedom)).toBeCloseTo(-studentQuantile(p, freedom), 9);
    }
  }
});

test("the incomplete beta function has its closed forms", () => {
  for (const x of [0, 0.1, 0.5, 0.93, 1]) {
    expect(incompleteBeta(x, 1, 1)).toBeCloseTo(x, 13);
    expect(incompleteBeta(x, 3, 1)).toBeCloseTo(x ** 3, 13);
    expect(incompleteBeta(x, 1, 4)).toBeCloseTo(1 - (1 - x) ** 4, 13);
    // Two draws of five at least: a binomial tail.
    const tail = 1 - (1 - x) ** 5 - 5 * x * (1 - x) ** 4;
    expect(incompleteBeta(x, 2, 4)).toBeCloseTo(tail, 13);
  }
});

test("a probability that is none is refused", () => {
  for (const p of [0, 1, -1, Number.NaN]) expect(() => studentQuantile(p, 3)).toThrow(/probability/);
});
