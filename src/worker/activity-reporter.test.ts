import { expect, test } from "vitest";
import type { Activity } from "../protocol/views";
import { ActivityReporter, SpeedMeter } from "./activity-reporter";

function reporter() {
  const published: Activity[] = [];
  let now = 0;
  const subject = new ActivityReporter(
    (activity) => void published.push(activity),
    () => now,
  );
  return { published, subject, wait: (milliseconds: number) => (now += milliseconds) };
}

const progress = (step: number, imagesPerSecond: number | null) =>
  ({
    kind: "progress",
    runId: "r",
    stage: "group",
    step,
    steps: 100,
    imagesPerSecond,
    batchSize: 10,
    imagesLeft: (100 - step) * 10,
  }) as const;

test("progress is published at most four times a second, a change of kind at once", () => {
  const { published, subject, wait } = reporter();
  for (let step = 0; step < 100; step++) {
    subject.reportFact(progress(step, 50));
    wait(10);
  }
  subject.reportFact({ kind: "paused", runId: "r", stage: "group", step: 100, steps: 100 });
  subject.finish();
  expect(published.map((activity) => ("step" in activity ? activity.step : activity.kind))).toEqual([0, 25, 50, 75, 100, "idle"]);
});

test("speed is the median of recent reports and gives the time left; the next activity starts without one", () => {
  const { published, subject, wait } = reporter();
  for (const speed of [null, 1, 40, 50, 60]) {
    subject.reportFact(progress(20, speed));
    wait(300);
  }
  expect(published[0]).toMatchObject({ imagesPerSecond: 0, secondsLeft: null });
  expect(published.at(-1)).toMatchObject({ imagesPerSecond: 50, secondsLeft: 16 });
  subject.finish();
  subject.reportFact(progress(0, null));
  expect(published.at(-1)).toMatchObject({ imagesPerSecond: 0, secondsLeft: null });
});

test("old reports of speed are forgotten", () => {
  const meter = new SpeedMeter();
  for (let i = 0; i < 20; i++) meter.add(3);
  for (let i = 0; i < 9; i++) meter.add(70);
  expect(meter.imagesPerSecond).toBe(70);
});
