import { type BufferView, DeviceMemory, readBack } from "./device-memory";
import type { Precision } from "./pipelines";
import { type Operand, Recorder } from "./recorder";

/** Helpers of kernel tests: outputs start as poison, and guard words behind them must survive. */

/** A value no kernel computes: what is not written shows. */
const POISON = -(2 ** 40);
const GUARD_FLOATS = 64;

/** An output of `count` floats full of poison, with guard words behind it that no kernel may touch. */
export function poisoned(memory: DeviceMemory, label: string, count: number): BufferView {
  const data = new Float32Array(Math.ceil(count / 4) * 4 + GUARD_FLOATS).fill(POISON);
  return { ...memory.upload(label, data), bytes: Math.max(16, Math.ceil(count / 4) * 16) };
}

/** The `count` floats of a poisoned output; throws where one was not written (unless it may have gaps) or a guard word was. */
export async function readOutput(
  device: GPUDevice,
  view: BufferView,
  count: number,
  { gaps = false } = {},
): Promise<Float32Array> {
  const whole = new Float32Array(await readBack(device, { ...view, bytes: view.bytes + 4 * GUARD_FLOATS }));
  const unwritten = whole.subarray(0, count).indexOf(POISON);
  if (unwritten >= 0 && !gaps) throw new Error(`${view.buffer.label}: element ${unwritten} of ${count} was not written`);
  if (whole.subarray(view.bytes / 4).some((value) => value !== POISON))
    throw new Error(`${view.buffer.label}: written past its end`);
  return whole.slice(0, count);
}

/** Runs what `record` records once and returns the memory, which the caller disposes. */
export async function runOnce(
  device: GPUDevice,
  record: (recorder: Recorder, memory: DeviceMemory) => void | Promise<void>,
  precision: Precision = "f32",
): Promise<DeviceMemory> {
  const memory = new DeviceMemory(device);
  const recorder = new Recorder(memory, precision);
  await record(recorder, memory);
  const recording = await recorder.finish();
  recording.submit();
  return memory;
}

export type { Operand };
