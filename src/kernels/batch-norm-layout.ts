import type { Constants } from "./pipelines";

/** Threads of a workgroup: rows of lanes, where a row is one pixel and a lane four channels. */
const WORKGROUP = 128;
/** Lanes of a row at most: 64 vec4 are 1 KiB of consecutive bytes, enough for whole memory transactions. */
const MAX_COLUMNS = 64;
/** Workgroups of a reduction at most: 65,536 threads keep a large GPU's memory busy, and 256 partials are little to add up. */
const MAX_REDUCTION_WORKGROUPS = 256;
/** Pixels a thread adds up at least, so that small tensors do not turn into partials. */
const MIN_REDUCTION_PIXELS = 16;
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
  readonly constants: Constants;
  readonly workgroups: readonly [number, number, number];
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
export function mapGrid({ pixels, channels }: Extents): Grid {
  const { columns, rows, tiles, constants } = lanesOf(channels);
  const pixelsPerThread = Math.max(MAP_PIXELS, Math.ceil(pixels / (rows * MAX_WORKGROUPS)));
  const block = rows * pixelsPerThread;
  return {
    constants: { ...constants, COLUMNS: columns, ROWS: rows, PIXELS: pixels, PIXELS_PER_THREAD: pixelsPerThread },
    workgroups: [Math.ceil(pixels / block), tiles, 1],
  };
}

/** Threads of a reduction: a workgroup adds up a slice of pixels for up to 256 channels. */
export function reductionGrid({ pixels, channels }: Extents): ReductionGrid {
  const { columns, rows, tiles, groups, constants } = lanesOf(channels);
  const maxSlices = Math.max(1, Math.floor(MAX_REDUCTION_WORKGROUPS / tiles));
  const wanted = Math.min(maxSlices, Math.ceil(pixels / (rows * MIN_REDUCTION_PIXELS)));
  const pixelsPerThread = Math.ceil(pixels / (rows * wanted));
  const slice = rows * pixelsPerThread;
  const slices = Math.ceil(pixels / slice);
  const finishColumns = Math.min(groups, FINISH_COLUMNS);
  const finishRows = Math.min(slices, Math.floor(FINISH_WORKGROUP / finishColumns));
  const shared: Constants = { ...constants, PIXELS: pixels, SLICE: slice };
  return {
    slices,
    partial: {
      constants: { ...shared, COLUMNS: columns, ROWS: rows, PIXELS_PER_THREAD: pixelsPerThread },
      workgroups: [slices, tiles, 1],
    },
    finish: {
      constants: {
        ...shared,
        SLICES: slices,
        COLUMNS: finishColumns,
        ROWS: finishRows,
        SLICES_PER_THREAD: Math.ceil(slices / finishRows),
      },
      workgroups: [Math.ceil(groups / finishColumns), 1, 1],
    },
  };
}

interface Lanes {
  readonly columns: number;
  readonly rows: number;
  readonly tiles: number;
  readonly groups: number;
  readonly constants: Constants;
}

/** Lanes walk channels, because they are contiguous; more than MAX_COLUMNS are cut into tiles as even as they come. */
function lanesOf(channels: number): Lanes {
  const groups = channels / 4;
  const tiles = Math.ceil(groups / MAX_COLUMNS);
  const columns = Math.ceil(groups / tiles);
  return { columns, rows: Math.floor(WORKGROUP / columns), tiles, groups, constants: { GROUPS: groups } };
}
