import common from "./conv-common.wgsl?raw";
import type { ConvGeometry, Phase } from "./conv-geometry";
import tapsSource from "./conv-taps.wgsl?raw";
import tiledSource from "./conv-tiled.wgsl?raw";
import phasesSource from "./conv-tiled-phases.wgsl?raw";
import tiledWindowSource from "./conv-tiled-window.wgsl?raw";
import windowSource from "./conv-window.wgsl?raw";
import type { BufferView } from "./device-memory";
import type { Kernel } from "./pipelines";
import type { Operand, Recorder } from "./recorder";
import type { ConvKernel } from "./tuning-choice";

/** Rows, columns and channels of a tensor. */
export type Extent = readonly [height: number, width: number, channels: number];

/** A block as a gather sees it: channels read and channels written. */
export interface GatherBlock {
  readonly firstRead: number;
  readonly read: number;
  readonly written: number;
  /** Of weights [taps, read, written], in floats. */
  readonly weightOffset: number;
}

/** A convolution or an input gradient: every written pixel gathers from pixels that are read. */
export interface Gather {
  readonly geometry: ConvGeometry;
  readonly read: Extent;
  readonly written: Extent;
  readonly blocks: readonly GatherBlock[];
  readonly phases: readonly Phase[];
  /** Whether the taps of a window are read backwards. */
  readonly flipped: boolean;
  readonly hasAddend: boolean;
}

/** A kernel made up for a gather. */
export interface GatherProgram {
  readonly kernel: Kernel;
  /** What it binds behind weights, input, addend and output. */
  readonly tables: readonly Operand[];
  readonly workgroups: (images: number) => readonly [number, number, number];
}

/** Pixels of a thread of the direct kernels, in a row for windows. */
const STRIP = 8;
/** Pixels of a workgroup of a tiled window. */
const WINDOW_PIXELS = 64;
const DIRECT = { quadLanes: 4, workgroup: 32 };
const DIRECT_WIDE = { quadLanes: 8, workgroup: 64 };

/** 3 x 3 windows at stride 1 over rows of whole strips share what they read, and add a window's three columns first. */
function isWindowed({ geometry, written }: Gather): boolean {
  return geometry.kernelSize === 3 && geometry.stride === 1 && written[1] % STRIP === 0;
}

/** The program of a kernel for a gather. */
export function gatherProgram(recorder: Recorder, label: string, gather: Gather, kernel: ConvKernel): GatherProgram {
  switch (kernel) {
    case "direct":
      return directProgram(recorder, label, gather, DIRECT);
    case "direct-wide":
      return directProgram(recorder, label, gather, DIRECT_WIDE);
    case "tiled-64":
      return tiledProgram(recorder, label, gather, 64);
    case "tiled-32":
      return tiledProgram(recorder, label, gather, 32);
    default:
      return kernel satisfies never;
  }
}

function directProgram(
  recorder: Recorder,
  label: string,
  gather: Gather,
  { quadLanes, workgroup }: { readonly quadLanes: number; readonly workgroup: number },
): GatherProgram {
  const windowed = isWindowed(gather);
  const { flipped, hasAddend, phases, written } = gather;
  const constants = { WORKGROUP: workgroup, QUAD_LANES: quadLanes, HAS_ADDEND: hasAddend };
  const columns = Math.ceil(written[2] / 4 / quadLanes);
  const rows = (pixels: number): number => Math.ceil(Math.ceil(pixels / STRIP) / (workgroup / quadLanes));
  if (windowed) {
    return {
      kernel: { source: `${common}\n${windowSource}`, constants: { ...constants, FLIPPED: flipped } },
      tables: [],
      workgroups: (images) => [rows(images * written[0] * written[1]), columns, 1],
    };
  }
  return {
    kernel: { source: `${common}\n${tapsSource}`, constants },
    tables: phaseTables(recorder, label, phases),
    workgroups: (images) => [rows(images * phasePixels(phases)), columns, phases.length],
  };
}

function tiledProgram(recorder: Recorder, label: string, gather: Gather, tile: 64 | 32): GatherProgram {
  const { blocks, flipped, hasAddend, phases, written } = gather;
  const ranges = columnRanges(blocks, tile / 4);
  const columns = recorder.memory.upload(`columns of ${label}`, Int32Array.from(ranges.flat()));
  const constants = { TILE: tile, HAS_ADDEND: hasAddend };
  if (isWindowed(gather)) {
    const pixels = written[0] * written[1];
    return {
      kernel: { source: `${common}\n${tiledWindowSource}`, constants: { ...constants, FLIPPED: flipped } },
      tables: [columns],
      workgroups: (images) => [Math.ceil((images * pixels) / WINDOW_PIXELS), ranges.length, 1],
    };
  }
  return {
    kernel: { source: `${common}\n${phasesSource}\n${tiledSource}`, constants },
    tables: [...phaseTables(recorder, label, phases), columns],
    workgroups: (images) => [Math.ceil((images * phasePixels(phases)) / tile), ranges.length, phases.length],
  };
}

/** First quad and quads of every workgroup's written channels: a workgroup belongs to one block. */
function columnRanges(blocks: readonly GatherBlock[], quads: number): number[][] {
  let first = 0;
  return blocks.flatMap(({ written }) => {
    const [start, count] = [first, written / 4];
    first += count;
    return Array.from({ length: Math.ceil(count / quads) }, (_, tile) => [
      start + tile * quads,
      Math.min(quads, count - tile * quads),
    ]);
  });
}

/** Pixels of an image in the largest phase. */
function phasePixels(phases: readonly Phase[]): number {
  return Math.max(...phases.map(({ rows, columns }) => rows * columns));
}

function phaseTables({ memory }: Recorder, text: string, phases: readonly Phase[]): BufferView[] {
  const taps = phases.flatMap((phase) => phase.taps.flatMap(({ row, column, weight }) => [row, column, weight, 0]));
  let firstTap = 0;
  const rows = phases.flatMap((phase) => {
    const { rows: height, columns, top, left, outStep, inStep } = phase;
    const row = [height, columns, top, left, outStep, inStep, firstTap, phase.taps.length];
    firstTap += phase.taps.length;
    return row;
  });
  return [memory.upload(`phases of ${text}`, Int32Array.from(rows)), memory.upload(`taps of ${text}`, Int32Array.from(taps))];
}
