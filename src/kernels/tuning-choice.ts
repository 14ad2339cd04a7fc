import { z } from "zod";
import { holdsMoreThan } from "../base/value-size";
import { type ConvGeometry, samePadding } from "./conv-geometry";

/** The three passes of a convolution. */
export type ConvPassKind = "forward" | "input-gradient" | "filter-gradient";
export const CONV_PASS_KINDS: readonly ConvPassKind[] = ["forward", "input-gradient", "filter-gradient"];

/**
 * How a pass is mapped onto threads. "direct": every thread loads for itself; "direct-wide": so, with more neighbouring threads on
 * neighbouring channels; "tiled-64" and "tiled-32": a workgroup makes tiles of that many channels through workgroup memory.
 */
export const CONV_KERNELS = ["direct", "direct-wide", "tiled-64", "tiled-32"] as const;
export type ConvKernel = (typeof CONV_KERNELS)[number];

/** Kernels of a pass. All kernels of a pass add the same products in the same order: a choice changes time, not numbers. */
export const CANDIDATES: Readonly<Record<ConvPassKind, readonly ConvKernel[]>> = {
  forward: CONV_KERNELS,
  "input-gradient": CONV_KERNELS,
  "filter-gradient": ["direct", "tiled-64", "tiled-32"],
};

/** What was measured for a pass of a shape. */
export interface TunedShape {
  readonly kernel: ConvKernel;
  /** Of the chosen kernel. */
  readonly multiplyAddsPerMs: number;
  /** Median milliseconds of every kernel that was timed at full length, for `multiplyAdds` multiply-adds. */
  readonly medianMs: Readonly<Record<string, number>>;
  readonly multiplyAdds: number;
}

/** Which kernels a device runs. A plain value: it is remembered as JSON. */
export interface ConvTuning {
  readonly adapter: "hardware" | "software";
  /** By `shapeKey`; shapes that are not here get what suits adapters of the kind. */
  readonly shapes: Readonly<Record<string, TunedShape>>;
}

/** What one pass runs with. */
export interface ConvChoice {
  readonly kernel: ConvKernel;
  /** Multiply-adds that one dispatch may do at most, or the driver's watchdog could end it. */
  readonly multiplyAddsPerDispatch: number;
}

/** Milliseconds that a dispatch may take: drivers end those that take seconds, and the screen waits for every one. */
const DISPATCH_MS = 80;
/** Until a device's rate is known it is taken for 125 GFLOP/s at least: a guess on the slow side, measured on no GPU. */
const UNTUNED_MULTIPLY_ADDS = 5e9;
/** Bounds a rate that was measured wrong. */
const LEAST_MULTIPLY_ADDS = 5e7;
/** Nobody ends what a processor computes; this only keeps a dispatch below minutes. */
const SOFTWARE_MULTIPLY_ADDS = 1e12;
/** Workgroups of 64 x 64 tiles below which smaller tiles are taken, so that a large GPU has enough of them: a guess, too. */
const LEAST_TILES = 256;

export const UNTUNED: Readonly<Record<ConvTuning["adapter"], ConvTuning>> = {
  hardware: { adapter: "hardware", shapes: {} },
  software: { adapter: "software", shapes: {} },
};

/** The tuned kernel of a pass, or what suits adapters of the kind: direct ones on a processor, tiled ones on a GPU. */
export function chooseConv({ adapter, shapes }: ConvTuning, pass: ConvPassKind, geometry: ConvGeometry): ConvChoice {
  const tuned = shapes[shapeKey(pass, geometry)];
  const untuned = adapter === "software" ? SOFTWARE_MULTIPLY_ADDS : UNTUNED_MULTIPLY_ADDS;
  if (tuned === undefined || !CANDIDATES[pass].includes(tuned.kernel)) {
    const kernel = adapter === "software" ? "direct" : tileFor(pass, geometry);
    return { kernel, multiplyAddsPerDispatch: untuned };
  }
  const bound = Math.max(LEAST_MULTIPLY_ADDS, DISPATCH_MS * tuned.multiplyAddsPerMs);
  return { kernel: tuned.kernel, multiplyAddsPerDispatch: adapter === "software" ? untuned : bound };
}

/** A choice for every pass and shape: what tests and timings compare. */
export function onlyKernel(kernel: ConvKernel, multiplyAddsPerDispatch = SOFTWARE_MULTIPLY_ADDS): ConvChoice {
  return { kernel, multiplyAddsPerDispatch };
}

/** Names a pass of a shape; batches of any size share it. */
export function shapeKey(pass: ConvPassKind, { height, width, kernelSize, stride, blocks }: ConvGeometry): string {
  const channels = blocks.map(({ inputs, outputs }) => `${inputs}-${outputs}`).join(",");
  return `${pass} ${kernelSize}x${kernelSize}/${stride} ${height}x${width} ${channels}`;
}

/** What a GPU gets until it is tuned: large tiles where there are enough of them and the channels fill them. */
function tileFor(pass: ConvPassKind, { batch, height, width, kernelSize, stride, blocks }: ConvGeometry): ConvKernel {
  const tiles = (channels: number): number => Math.ceil(channels / 64);
  if (pass === "filter-gradient") {
    // Slices make up for few tiles.
    return blocks.every(({ inputs, outputs }) => inputs > 32 && outputs > 32) ? "tiled-64" : "tiled-32";
  }
  const forward = pass === "forward";
  const [rows, columns] = forward
    ? [samePadding(height, kernelSize, stride).extent, samePadding(width, kernelSize, stride).extent]
    : [height, width];
  const written = blocks.map(({ inputs, outputs }) => (forward ? outputs : inputs));
  const count = Math.ceil((batch * rows * columns) / 64) * written.reduce((sum, channels) => sum + tiles(channels), 0);
  return count >= LEAST_TILES && written.every((channels) => channels > 32) ? "tiled-64" : "tiled-32";
}

/** Values in a tuning: a shape has some ten, a network some dozens of shapes. */
const LARGEST_TUNING = 100_000;

const tuningSchema = z.object({
  adapter: z.enum(["hardware", "software"]),
  shapes: z.record(
    z.string(),
    z.object({
      kernel: z.enum(CONV_KERNELS),
      multiplyAddsPerMs: z.number().positive(),
      medianMs: z.record(z.string(), z.number().nonnegative()),
      multiplyAdds: z.number().positive(),
    }),
  ),
});

/** A tuning that was remembered, null where it is not one. */
export function parseTuning(value: unknown): ConvTuning | null {
  return holdsMoreThan(value, LARGEST_TUNING) ? null : (tuningSchema.safeParse(value).data ?? null);
}
