import { hashName } from "../base/random";
import type { BufferView, DeviceMemory } from "./device-memory";
import type { Precision } from "./pipelines";
import { StepStateBuffer } from "./step-state";
import { poisoned, readOutput } from "./testing";

/** Helpers of tests whose operands are stored activations, in either precision. */

/** A copy of `values` as activations. */
export function uploadActivations(
  memory: DeviceMemory,
  label: string,
  values: ArrayLike<number>,
  precision: Precision,
): BufferView {
  if (precision === "f32") return memory.upload(label, Float32Array.from(values));
  return memory.upload(label, new Uint8Array(Uint16Array.from(values, halfOf).buffer));
}

/** An output of `count` activations, a multiple of 4, full of poison. */
export function poisonedActivations(memory: DeviceMemory, label: string, count: number, precision: Precision): BufferView {
  return poisoned(memory, label, precision === "f32" ? count : count / 2);
}

/** The `count` activations of a poisoned output. */
export async function readActivations(
  device: GPUDevice,
  view: BufferView,
  count: number,
  precision: Precision,
): Promise<Float32Array> {
  if (precision === "f32") return readOutput(device, view, count);
  const pairs = await readOutput(device, view, count / 2);
  return Float32Array.from(new Uint16Array(pairs.buffer), fromHalf);
}

/** `values` as they are once stored. */
export function stored(values: ArrayLike<number>, precision: Precision): Float64Array {
  if (precision === "f32") return Float64Array.from(values, Math.fround);
  return Float64Array.from(values, (value) => fromHalf(halfOf(value)));
}

/** The uniforms that dropout reads: a layer's hash, and step and seed. */
export function dropoutUniforms(
  memory: DeviceMemory,
  layerName: string,
  step: number,
  seed: number,
): { readonly layer: BufferView; readonly state: BufferView } {
  const state = new StepStateBuffer(memory);
  state.write({ step, learningRate: 0, orderStart: 0, metricsRow: 0, dropoutSeed: seed, augmentSeed: 0 });
  const layer = memory.allocate(`hash ${layerName}`, 16, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
  memory.device.queue.writeBuffer(layer.buffer, 0, Uint32Array.of(hashName(layerName)));
  return { layer, state: state.view };
}

/** Bits of the nearest float16, ties to even; values that round to 65,520 and more are infinite. */
function halfOf(value: number): number {
  const sign = value < 0 ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size >= 65_520) return sign | 0x7c00;
  const exponent = Math.max(-14, Math.floor(Math.log2(size)));
  const scaled = size / 2 ** (exponent - 10);
  const floor = Math.floor(scaled);
  const up = scaled - floor > 0.5 || (scaled - floor === 0.5 && floor % 2 === 1);
  return sign | ((exponent + 14) * 1024 + floor + (up ? 1 : 0));
}

function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}
