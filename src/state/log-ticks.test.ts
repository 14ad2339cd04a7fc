import { expect, test } from "vitest";
import { logTicks } from "./log-ticks";

test("ticks are powers of ten over many of them, and finer ones over less", () => {
  expect(logTicks(3e3, 2e8)).toEqual([1e4, 1e5, 1e6, 1e7, 1e8]);
  expect(logTicks(4e5, 1.2e7)).toEqual([1e6, 1e7]);
  expect(logTicks(3e6, 1.2e7)).toEqual([5e6, 1e7]);
  expect(logTicks(2.3e4, 8.5e4)).toEqual([3e4, 4e4, 5e4, 6e4, 8e4]);
});

test("whatever the ends, there are two to eight ticks between them", () => {
  for (const low of [1, 7.3, 96_500, 2.02e9]) {
    for (const factor of [1.02, 1.3, 2, 9.9, 40, 1e3, 1e7, 1e12]) {
      const ticks = logTicks(low, low * factor);
      expect(ticks.length).toBeGreaterThanOrEqual(2);
      expect(ticks.length).toBeLessThanOrEqual(8);
      // Three digits round the ends by half a percent at most.
      expect(ticks.every((tick) => tick >= low * 0.995 && tick <= low * factor * 1.005)).toBe(true);
    }
  }
});
