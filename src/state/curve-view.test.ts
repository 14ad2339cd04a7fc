import { describe, expect, test } from "vitest";
import { axisScale, type CurveRange, fullRange, panned, within, zoomed } from "./curve-view";
import { appendMetrics, emptyCurves } from "./curves";
import { sampleStep, sampleValidation } from "./testing";

const MINUTE = 60_000;

/** Steps 0, 10, 20 at minutes 0, 5 and 4 (a clock set back), and a validation after step 10. */
const { group } = appendMetrics(emptyCurves(), [
  { ...sampleStep(0), time: 100 * MINUTE },
  { ...sampleStep(10), time: 105 * MINUTE },
  { ...sampleStep(20), time: 104 * MINUTE },
  { ...sampleValidation(10), time: 106 * MINUTE },
]);

test("steps, epochs and minutes are the x of the same points", () => {
  expect([...axisScale(group, "step", 4).steps]).toEqual([0, 10, 20]);
  const epochs = axisScale(group, "epoch", 4);
  expect([...epochs.steps]).toEqual([0, 2.5, 5]);
  expect([...epochs.validations]).toEqual([2.5]);
  expect(epochs.at(8)).toBe(2);
  const minutes = axisScale(group, "time", 4);
  expect([...minutes.steps]).toEqual([0, 5, 5]);
  expect([...minutes.validations]).toEqual([6]);
  expect([0, 7, 10, 99].map(minutes.at)).toEqual([0, 5, 5, 5]);
});

test("without a data set there are no epochs: steps are drawn", () => {
  expect(axisScale(group, "epoch", null).axis).toBe("step");
});

test("the full range spans steps and validations, and there is none without points", () => {
  expect(fullRange(axisScale(group, "time", null))).toEqual([0, 6]);
  expect(fullRange(axisScale(emptyCurves().group, "time", null))).toBeNull();
});

describe("a range", () => {
  const full: CurveRange = [0, 100];
  test("is zoomed around its middle, and is all of it once it reaches both ends", () => {
    expect(zoomed(full, null, 0.5)).toEqual([25, 75]);
    expect(zoomed(full, [25, 75], 0.5)).toEqual([37.5, 62.5]);
    expect(zoomed(full, [25, 75], 2)).toBeNull();
    expect(zoomed(full, [0, 20], 2)).toEqual([0, 40]);
  });

  test("is moved without leaving the points, and keeps its length", () => {
    expect(panned(full, [20, 40], 0.5)).toEqual([30, 50]);
    expect(panned(full, [70, 90], 1)).toEqual([80, 100]);
    expect(panned(full, [10, 30], -1)).toEqual([0, 20]);
  });

  test("of no length, or as long as all, is none", () => {
    expect(within(full, [5, 5])).toBeNull();
    expect(within(full, [-10, 120])).toBeNull();
    expect(within(full, [Number.NaN, 4])).toBeNull();
  });
});
