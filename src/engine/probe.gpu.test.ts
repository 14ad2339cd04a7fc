import { afterAll, beforeAll, expect, test } from "vitest";
import { type OpenDevice, openDevice } from "../kernels/device";
import { bytesOn } from "../kernels/device-memory";
import { groupingSpec } from "../model/build";
import { estimateMemory } from "../model/memory";
import { deviceCompute } from "./device-compute";
import { probe } from "./probe";
import { exampleConfig } from "./testing";

let device: OpenDevice;
beforeAll(async () => {
  device = await openDevice(navigator.gpu);
});
afterAll(() => device.close());

test("a probe times steps of both stages, tells the memory they hold, and gives it back, stopped or not", async () => {
  const { measure } = deviceCompute(device);
  const told: string[] = [];
  const onStep = (stage: string, done: number): void => void told.push(`${stage} ${done}`);
  const request = { config: exampleConfig, classes: 6, onStep };
  const { group, finetune } = await probe(measure, { ...request, signal: new AbortController().signal });
  const { parameterBytes } = estimateMemory(groupingSpec(exampleConfig, 6), exampleConfig.group.batchSize, "f32");
  expect(group.deviceBytes).toBeGreaterThan(parameterBytes);
  expect(finetune.medianSeconds).toBeGreaterThan(0);
  expect(told.slice(0, 2)).toEqual(["group 0", "group 1"]);
  expect(told.at(-1)).toBe(`finetune ${finetune.seconds.length}`);
  expect(bytesOn(device.device)).toBe(0);
  await expect(probe(measure, { ...request, signal: AbortSignal.abort(new Error("stopped")) })).rejects.toThrow("stopped");
  expect(bytesOn(device.device)).toBe(0);
});
