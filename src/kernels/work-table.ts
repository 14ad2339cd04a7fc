import { DeviceError } from "../base/errors";
import { align, type BufferView } from "./device-memory";
import type { Operand, Recorder } from "./recorder";

/**
 * Kernels that serve all parameters of a network in one dispatch read what a workgroup does from a table: a record of 32-bit words
 * for every workgroup.
 */

/** Floats between the offsets at which a buffer may be bound: 256 bytes. */
export const BINDING_FLOATS = 64;
/** Workgroups of a dispatch: a multiple of 64 within the 65,535 that WebGPU grants everywhere. */
const MAX_WORKGROUPS = 65_472;

/** Floats `start` to `end` (exclusive) of an operand. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Work of one dispatch, and the stretch of each operand that it has to see; starts are multiples of 64. */
export interface Window<Work> {
  readonly work: readonly Work[];
  readonly stretches: readonly Stretch[];
}

/** The word that holds this number as a float32. */
export function floatBits(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0]!;
}

/** WGSL text of a float constant. */
export function floatText(value: number): string {
  return `${value}f`;
}

/** A table on the device; it lives as long as the recorder's memory. Floats among the words are `floatBits`. */
export function uploadTable(recorder: Recorder, label: string, records: readonly (readonly number[])[]): BufferView {
  return recorder.memory.upload(`table: ${label}`, Uint32Array.from(records.flat()));
}

/** Bytes that a kernel can see of one buffer on the recorder's device. */
export function bindingBytes(recorder: Recorder): number {
  return recorder.memory.device.limits.maxStorageBufferBindingSize;
}

/**
 * Consecutive work put into as few dispatches as a binding of `maxBytes` and the number of workgroups allow, one workgroup each.
 * `stretchesOf` says what a piece of work sees of every operand. Throws DeviceError where one piece alone sees too much.
 */
export function windowsOf<Work>(
  work: readonly Work[],
  stretchesOf: (work: Work) => readonly Stretch[],
  maxBytes: number,
): Window<Work>[] {
  const windows: { readonly work: Work[]; stretches: readonly Stretch[] }[] = [];
  for (const piece of work) {
    const own = stretchesOf(piece).map(({ start, end }) => ({ start: start - (start % BINDING_FLOATS), end: align(end, 4) }));
    if (!own.every((stretch) => fits(stretch, maxBytes))) {
      throw new DeviceError(
        `a kernel needs more than the ${maxBytes} bytes that this device shows of a buffer`,
        "Use a narrower network.",
      );
    }
    const last = windows.at(-1);
    const both = last?.stretches.map((stretch, i) => union(stretch, own[i]!));
    if (last !== undefined && last.work.length < MAX_WORKGROUPS && both!.every((stretch) => fits(stretch, maxBytes))) {
      last.work.push(piece);
      last.stretches = both!;
    } else windows.push({ work: [piece], stretches: own });
  }
  return windows;
}

/** What a kernel binds to see only a stretch of an operand. */
export function stretchOf(operand: Operand, { start, end }: Stretch): Operand {
  const [skipped, bytes] = [4 * start, 4 * (end - start)];
  if ("buffer" in operand) return { ...operand, offset: operand.offset + skipped, bytes };
  if ("of" in operand) return { of: operand.of, offset: operand.offset + skipped, bytes };
  return { of: operand, offset: skipped, bytes };
}

/** Starts of consecutive chunks of at most `size` out of `count`. */
export function chunkStarts(count: number, size: number): number[] {
  return Array.from({ length: Math.ceil(count / size) }, (_, chunk) => chunk * size);
}

function union(left: Stretch, right: Stretch): Stretch {
  return { start: Math.min(left.start, right.start), end: Math.max(left.end, right.end) };
}

function fits({ start, end }: Stretch, maxBytes: number): boolean {
  return 4 * (end - start) <= maxBytes;
}
