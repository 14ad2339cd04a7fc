import { IMAGE_BYTES } from "../data/dataset";
import type { OpenDevice } from "../kernels/device";
import { bytesOn } from "../kernels/device-memory";
import { UNTUNED } from "../kernels/tuning-choice";
import { prepareRecordedTrainer } from "../train/recorded-trainer";
import type { Counters } from "./our-contenders";
import { median } from "./paired-runs";
import type { StepProblem } from "./step-problem";

/** What was asked of a device while it was watched. */
export interface DeviceCalls {
  dispatches: number;
  submits: number;
  /** Buffers, bind groups, pipelines and modules made, and buffers mapped to be read. */
  created: number;
}

const MAKERS = [
  "createBuffer",
  "createBindGroup",
  "createComputePipeline",
  "createComputePipelineAsync",
  "createShaderModule",
] as const;

/** Steps that are counted and timed, after two that are not. */
const COUNTED_STEPS = 20;

/** Counts the calls of a device's methods until `stop`; a device is watched once at a time. */
export function watchCalls(device: GPUDevice): { readonly calls: DeviceCalls; readonly stop: () => void } {
  const calls: DeviceCalls = { dispatches: 0, submits: 0, created: 0 };
  const undo: (() => void)[] = [];
  const before = (target: object, name: string, count: () => void): void => {
    const original: unknown = Reflect.get(target, name);
    if (typeof original !== "function") return;
    const counting = (...args: unknown[]): unknown => {
      count();
      return Reflect.apply(original, target, args);
    };
    Object.defineProperty(target, name, { value: counting, configurable: true, writable: true });
    undo.push(() => Reflect.deleteProperty(target, name));
  };
  for (const name of MAKERS) before(device, name, () => calls.created++);
  before(device.queue, "submit", () => calls.submits++);
  const createCommandEncoder = device.createCommandEncoder;
  const watched = (descriptor?: GPUCommandEncoderDescriptor): GPUCommandEncoder => {
    const encoder = createCommandEncoder.call(device, descriptor);
    const beginComputePass = encoder.beginComputePass;
    const begin = (pass?: GPUComputePassDescriptor): GPUComputePassEncoder => {
      const opened = beginComputePass.call(encoder, pass);
      before(opened, "dispatchWorkgroups", () => calls.dispatches++);
      return opened;
    };
    Object.defineProperty(encoder, "beginComputePass", { value: begin });
    return encoder;
  };
  Object.defineProperty(device, "createCommandEncoder", { value: watched, configurable: true });
  undo.push(() => Reflect.deleteProperty(device, "createCommandEncoder"));
  const stop = (): void => {
    for (const restore of undo) restore();
  };
  return { calls, stop };
}

/** Counts what steps of ours ask of the device, and times our own code on the processor. */
export async function countStep({ fit, recipe }: StepProblem, { device }: { readonly device: OpenDevice }): Promise<Counters> {
  const before = bytesOn(device.device);
  const trainer = await prepareRecordedTrainer(device.device, fit, recipe, "f32", UNTUNED[device.report.kind]);
  try {
    for (let step = 0; step < 2; step++) await trainer.step(step, recipe.stage.learningRate);
    await trainer.takeReports();
    const hostMs: number[] = [];
    const { calls, stop } = watchCalls(device.device);
    for (let step = 2; step < 2 + COUNTED_STEPS; step++) {
      const started = performance.now();
      const ready = trainer.step(step, recipe.stage.learningRate);
      hostMs.push(performance.now() - started);
      await ready;
    }
    stop();
    const dataBytes = fit.dataset.train.count * IMAGE_BYTES;
    return {
      dispatchesPerStep: calls.dispatches / COUNTED_STEPS,
      submitsPerStep: calls.submits / COUNTED_STEPS,
      createdPerStep: calls.created / COUNTED_STEPS,
      peakBytes: bytesOn(device.device) - before - dataBytes,
      hostMsPerStep: median(hostMs),
    };
  } finally {
    trainer.dispose();
  }
}
