import { expect, test } from "vitest";
import { reportOf } from "./soak";

const sample = (step: number, heapBytes: number) => ({
  step,
  heapBytes,
  deviceBytes: 500,
  buffersCreated: 3 * step,
  buffersAlive: 7,
});

test("growth is that of the settled samples, for a thousand steps; what stays the same does not grow", () => {
  const samples = [sample(50, 90_000), ...[150, 250, 350, 450].map((step) => sample(step, 1000 + 2 * step))];
  const { growthPerThousandSteps, buffersCreated } = reportOf(samples, new Float64Array(500));
  expect(growthPerThousandSteps).toEqual({ heapBytes: 2000, deviceBytes: 0, buffersAlive: 0 });
  expect(buffersCreated).toBe(1350);
});

test("the first and the last tenth are timed by the steps in them", () => {
  const milliseconds = Float64Array.from({ length: 100 }, (_, step) => (step < 10 ? 10 + step : step < 90 ? 900 : step - 85));
  expect(reportOf([], milliseconds).msPerStep).toEqual({ firstTenth: 14.5, lastTenth: 9.5 });
});
