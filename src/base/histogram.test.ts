import { expect, test } from "vitest";
import { histogramOf } from "./histogram";

test("every value is in one bin, the greatest in the last, over several arrays", () => {
  const histogram = histogramOf([Float32Array.of(-1, 0, 0.5), Float32Array.of(3, 1)], 4)!;
  expect(histogram).toMatchObject({ count: 5, least: -1, greatest: 3, counts: [1, 2, 1, 1] });
  expect(histogram.mean).toBeCloseTo(0.7, 12);
  expect(histogram.deviation).toBeCloseTo(Math.sqrt((1.7 ** 2 + 0.7 ** 2 + 0.2 ** 2 + 2.3 ** 2 + 0.3 ** 2) / 5), 12);
});

test("a small deviation around a large mean keeps its digits", () => {
  const values = Float32Array.of(1024, 1024.125, 1023.875, 1024);
  expect(histogramOf([values], 8)!.deviation).toBeCloseTo(0.125 / Math.SQRT2, 12);
});

test("equal values are one bin without deviation, no values are no histogram", () => {
  expect(histogramOf([Float32Array.of(1, 1, 1)], 3)).toEqual({
    count: 3,
    mean: 1,
    deviation: 0,
    least: 1,
    greatest: 1,
    counts: [3, 0, 0],
  });
  expect(histogramOf([new Float32Array(0)], 3)).toBeNull();
});
