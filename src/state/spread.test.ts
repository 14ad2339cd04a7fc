import { expect, test } from "vitest";
import { spreadOf } from "./spread";

test("values that are there have their mean and the sample deviation, over n - 1", () => {
  // Of 3, 5 and 10: squares 9 + 1 + 16 over 2.
  expect(spreadOf([3, null, 5, 10])).toEqual({ mean: 6, deviation: Math.sqrt(13), count: 3 });
});

test("a single value has no deviation, and where there is none there is nothing", () => {
  expect(spreadOf([null, 7])).toEqual({ mean: 7, deviation: null, count: 1 });
  expect(spreadOf([null])).toBeNull();
  expect(spreadOf([])).toBeNull();
});
