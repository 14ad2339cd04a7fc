import { afterAll, beforeAll, expect, test } from "vitest";
import { type OpenDevice, openDevice } from "../kernels/device";
import { bytesOn } from "../kernels/device-memory";
import { groupingSpec } from "../model/build";
import { presetConfig } from "../model/presets";
import { backendOn } from "./backend";
import { measureStepTime } from "./step-time";

let device: OpenDevice;
beforeAll(async () => {
  device = await openDevice(navigator.gpu);
});
afterAll(() => device.close());

test("every counted step is timed, the median is one of them, and the device is left as it was", async () => {
  const config = presetConfig("tiny");
  const before = bytesOn(device.device);
  const { prepare } = await backendOn(device, "own");
  const problem = { spec: groupingSpec(config, 5), config, stage: "group", batchSize: 2 } as const;
  const time = await measureStepTime(prepare, problem, { steps: 3 });
  expect(time.seconds).toHaveLength(3);
  expect(Math.min(...time.seconds)).toBeGreaterThan(0);
  expect([...time.seconds].sort((a, b) => a - b)[1]).toBe(time.medianSeconds);
  expect(time.imagesPerSecond).toBeCloseTo(2 / time.medianSeconds, 9);
  expect(bytesOn(device.device)).toBe(before);
});
