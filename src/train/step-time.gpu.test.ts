import { memory } from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type OpenDevice, openDevice } from "../kernels/device";
import { groupingSpec } from "../model/build";
import { presetConfig } from "../model/presets";
import { measureStepTime } from "./step-time";

let device: OpenDevice;
beforeAll(async () => {
  device = await openDevice(navigator.gpu);
});
afterAll(() => device.close());

test("every counted step is timed, the median is one of them, and the device is left as it was", async () => {
  const config = presetConfig("tiny");
  const before = memory().numTensors;
  const time = await measureStepTime(groupingSpec(config, 5), config, "group", 2, 3);
  expect(time.seconds).toHaveLength(3);
  expect(Math.min(...time.seconds)).toBeGreaterThan(0);
  expect([...time.seconds].sort((a, b) => a - b)[1]).toBe(time.medianSeconds);
  expect(time.imagesPerSecond).toBeCloseTo(2 / time.medianSeconds, 9);
  expect(memory().numTensors).toBe(before);
});
