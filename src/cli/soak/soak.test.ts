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
  const { growthPerThousandSteps, buffersCreated } = reportOf(samples, [], 500);
  expect(growthPerThousandSteps).toEqual({ heapBytes: 2000, deviceBytes: 0, buffersAlive: 0 });
  expect(buffersCreated).toBe(1350);
});

test("tenths are timed by the steps in them", () => {
  const times = [
    { lastStep: 3, steps: 4, milliseconds: 40 },
    { lastStep: 9, steps: 6, milliseconds: 90 },
    { lastStep: 49, steps: 40, milliseconds: 9000 },
    { lastStep: 92, steps: 1, milliseconds: 5 },
    { lastStep: 99, steps: 7, milliseconds: 75 },
  ];
  expect(reportOf([], times, 100).msPerStep).toEqual({ firstTenth: 13, lastTenth: 10 });
});
