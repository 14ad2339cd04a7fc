import { afterAll, beforeAll, expect, test } from "vitest";
import { filled, type NamedTensors } from "../base/tensor";
import { IMAGE_BYTES } from "../data/dataset";
import { type OpenDevice, openDevice } from "../kernels/device";
import { bytesOn } from "../kernels/device-memory";
import { UNTUNED } from "../kernels/tuning-choice";
import { prepareRecordedTrainer } from "../train/recorded-trainer";
import { countStep, watchCalls } from "./step-counters";
import { stepProblem } from "./step-problem";

let device: OpenDevice;
beforeAll(async () => {
  device = await openDevice(navigator.gpu);
});
afterAll(() => device.close());

test("a stage-1 step of WRN-16 is at most 200 dispatches and 2 submits, and creates nothing", async () => {
  const counters = await countStep(stepProblem("group", 16, 1, 2), { device });
  expect(counters.dispatchesPerStep).toBeGreaterThan(100);
  expect(counters.dispatchesPerStep).toBeLessThanOrEqual(200);
  expect(counters.submitsPerStep).toBeGreaterThanOrEqual(1);
  expect(counters.submitsPerStep).toBeLessThanOrEqual(2);
  expect(counters.createdPerStep).toBe(0);
});

test("what is created, dispatched and submitted is counted", async () => {
  const { calls, stop } = watchCalls(device.device);
  device.device.createBuffer({ size: 16, usage: GPUBufferUsage.STORAGE }).destroy();
  const encoder = device.device.createCommandEncoder();
  encoder.beginComputePass().end();
  device.device.queue.submit([encoder.finish()]);
  stop();
  device.device.queue.submit([]);
  expect(calls).toEqual({ dispatches: 0, submits: 1, created: 1 });
});

test("a stage-1 step of the paper preset, WRN-16-8 at a batch of 90, needs at most 1.2 GB beside the data", async () => {
  const { fit, recipe } = stepProblem("group", 16, 8, 90);
  const zeros = (tensors: NamedTensors): NamedTensors =>
    new Map([...tensors].map(([name, { shape }]) => [name, filled(shape, 0)]));
  const { parameters, momentum, statistics } = fit.start;
  const start = { step: 0, parameters: zeros(parameters), momentum: zeros(momentum), statistics: zeros(statistics) };
  const before = bytesOn(device.device);
  const trainer = await prepareRecordedTrainer(device.device, { ...fit, start }, recipe, "f32", UNTUNED.software);
  const bytes = bytesOn(device.device) - before - fit.dataset.train.count * IMAGE_BYTES;
  trainer.dispose();
  // At least the inputs of the batch norms, which the way back needs: 336 MB.
  expect(bytes).toBeGreaterThan(336e6);
  expect(bytes).toBeLessThanOrEqual(1.2e9);
  expect(bytesOn(device.device)).toBe(before);
});
