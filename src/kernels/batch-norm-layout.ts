import extentsSource from "./batch-norm-extents.wgsl?raw";
import type { Constants } from "./pipelines";
import type { Dispatch, Operand, Recorder } from "./recorder";

/** Threads of a workgroup: rows of lanes, where a row is one pixel and a lane four channels. */
const WORKGROUP = 192;
/** Lanes of a row at most: 64 vec4 are 1 KiB of consecutive bytes, enough for whole memory transactions. */
const MAX_COLUMNS = 64;
/** Workgroups of a reduction at most: 65,536 threads keep a large GPU's memory busy, and the partials are still few. */
const MAX_REDUCTION_WORKGROUPS = 1024;
/** Pixels a thread adds up at least, so that small tensors do not turn into partials. */
const MIN_REDUCTION_PIXELS = 8;
/** Pixels of an element-wise thread: its coefficients are loaded once for all of them. */
const MAP_PIXELS = 4;
const MAX_WORKGROUPS = 65_535;
const FINISH_WORKGROUP = 64;
const FINISH_COLUMNS = 4;

/** The two extents of activations [pixels, channels]; channels are a multiple of 4. */
export interface Extents {
  readonly pixels: number;
  readonly channels: number;
}

/** How threads cover activations, chosen from the shape alone: results never depend on the device. */
export interface Grid {
  readonly workgroup: number;
  readonly workgroups: readonly [number, number, number];
  readonly lanes: Pick<Lanes, "columns" | "rows">;
  readonly extents: Extents;
  readonly pixelsPerThread: number;
  readonly slice: number;
  readonly slices: number;
  readonly slicesPerThread: number;
}

/** A reduction over pixels in two dispatches: each slice of pixels to one partial, then all partials of four channels. */
export interface ReductionGrid {
  readonly slices: number;
  readonly partial: Grid;
  readonly finish: Grid;
}

/** Bytes of `rows` float32 values a channel, such as coefficients: [rows][channels]. */
export function channelBytes(rows: number, channels: number): number {
  return rows * channels * 4;
}

/** Threads of an element-wise kernel: each handles a few pixels of the same four channels. */
export function mapGrid(extents: Extents): Grid {
  const { columns, rows, tiles } = lanesOf(extents.channels);
  const pixelsPerThread = Math.max(MAP_PIXELS, Math.ceil(extents.pixels / (rows * MAX_WORKGROUPS)));
  return {
    workgroup: WORKGROUP,
    workgroups: [Math.ceil(extents.pixels / (rows * pixelsPerThread)), tiles, 1],
    lanes: { columns, rows },
    extents,
    pixelsPerThread,
    ...NO_SLICES,
  };
}

/** Threads of a reduction: a workgroup adds up a slice of pixels for up to 256 channels. */
export function reductionGrid(extents: Extents): ReductionGrid {
  const { pixels, channels } = extents;
  const { columns, rows, tiles } = lanesOf(channels);
  const groups = channels / 4;
  const maxSlices = Math.max(1, Math.floor(MAX_REDUCTION_WORKGROUPS / tiles));
  const wanted = Math.min(maxSlices, Math.ceil(pixels / (rows * MIN_REDUCTION_PIXELS)));
  const pixelsPerThread = Math.ceil(pixels / (rows * wanted));
  const slice = rows * pixelsPerThread;
  const slices = Math.ceil(pixels / slice);
  const finishColumns = Math.min(groups, FINISH_COLUMNS);
  const finishRows = Math.min(slices, Math.floor(FINISH_WORKGROUP / finishColumns));
  const shared = { extents, pixelsPerThread, slice, slices, slicesPerThread: Math.ceil(slices / finishRows) };
  return {
    slices,
    partial: { ...shared, workgroup: WORKGROUP, workgroups: [slices, tiles, 1], lanes: { columns, rows } },
    finish: {
      ...shared,
      workgroup: FINISH_WORKGROUP,
      workgroups: [Math.ceil(groups / finishColumns), 1, 1],
      lanes: { columns: finishColumns, rows: finishRows },
    },
  };
}

/** A dispatch of kernels that read `extents` (batch-norm-extents.wgsl), which is bound behind `operands`. */
export function coveringDispatch(
  recorder: Recorder,
  grid: Grid,
  { label, sources, constants, operands, pixelsPerImage = 1 }: CoveringKernel,
): Dispatch {
  const { extents, lanes, pixelsPerThread, slice, slices, slicesPerThread } = grid;
  const { pixels, channels } = extents;
  const words = [
    pixels,
    channels / 4,
    lanes.columns,
    lanes.rows,
    pixelsPerThread,
    slice,
    slices,
    slicesPerThread,
    pixelsPerImage,
  ];
  return {
    label,
    kernel: {
      source: [extentsSource, ...sources].join("\n"),
      constants: { WORKGROUP: grid.workgroup, EXTENTS_BINDING: operands.length, ...constants },
    },
    operands: [...operands, recorder.memory.uploadUniform(`extents of ${label}`, words)],
    workgroups: grid.workgroups,
  };
}

export interface CoveringKernel {
  readonly label: string;
  readonly sources: readonly string[];
  readonly constants: Constants;
  readonly operands: readonly Operand[];
  /** Pixels that share a row of an output gradient given per image. */
  readonly pixelsPerImage?: number;
}

interface Lanes {
  readonly columns: number;
  readonly rows: number;
  readonly tiles: number;
}

const NO_SLICES = { slice: 0, slices: 0, slicesPerThread: 0 };

/** Lanes walk channels, because they are contiguous; more than MAX_COLUMNS are cut into tiles as even as they come. */
function lanesOf(channels: number): Lanes {
  const groups = channels / 4;
  const tiles = Math.ceil(groups / MAX_COLUMNS);
  const columns = Math.ceil(groups / tiles);
  return { columns, rows: Math.floor(WORKGROUP / columns), tiles };
}
