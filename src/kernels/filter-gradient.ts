import type { ConvGeometry } from "./conv-geometry";
import { multiplyAdds, samePadding, weightCount } from "./conv-geometry";
import oneByOne from "./filter-gradient-1x1.wgsl?raw";
import threeByThree from "./filter-gradient-3x3.wgsl?raw";
import common from "./filter-gradient-common.wgsl?raw";
import tiled from "./filter-gradient-tiled.wgsl?raw";
import type { Kernel, Precision } from "./pipelines";
import type { Operand, Recorder } from "./recorder";
import { type ConvChoice, type ConvKernel, onlyKernel } from "./tuning-choice";
import { chunkStarts } from "./work-table";

export interface FilterGradientPass {
  /** Layer's name, for labels. */
  readonly label: string;
  readonly geometry: ConvGeometry;
  /** The convolution's input [N, H, W, C] and the gradient with respect to its output. */
  readonly input: Operand;
  readonly outputGradient: Operand;
  /** Gets `filterGradientSlices` slices of the weights' layout, `sliceStride` floats apart, to be added in order. */
  readonly partial: Operand;
  readonly precision?: Precision;
}

/** Into how many slices the sum over pixels is cut, and floats from one to the next. Decided by shape alone: it decides rounding. */
export interface Slices {
  readonly slices: number;
  readonly sliceStride: number;
}

const WORKGROUP = 32;
/** Threads that keep a large device busy. */
const WANTED_THREADS = 16_384;
/** A slice with fewer pixels is not worth its partial sums. */
const LEAST_SLICE_PIXELS = 192;
/** Bound on the partial sums of a layer, in floats. */
const MOST_PARTIAL_FLOATS = 8 * 1024 * 1024;

export function filterGradientSlices(geometry: ConvGeometry): Slices {
  const sliceStride = Math.ceil(weightCount(geometry) / 64) * 64;
  const [rows, columns] = outputExtent(geometry);
  const threads = cellsOf(geometry, 1, 2).length * geometry.kernelSize;
  const most = Math.min(
    Math.ceil(WANTED_THREADS / threads),
    Math.ceil((geometry.batch * rows * columns) / LEAST_SLICE_PIXELS),
    Math.floor(MOST_PARTIAL_FLOATS / sliceStride),
    geometry.batch * rows,
  );
  return { slices: Math.max(1, most), sliceStride };
}

/** Gradient with respect to the weights, as partial sums over slices of the batch's rows. */
export function recordFilterGradient(
  recorder: Recorder,
  { label, geometry, input, outputGradient, partial, precision }: FilterGradientPass,
  choice: ConvChoice = onlyKernel("direct"),
): void {
  const { kernelSize, inputs, outputs } = geometry;
  const text = `filter-gradient ${label} ${kernelSize}x${kernelSize}x${inputs}x${outputs}`;
  const { kernel, cells, groups } = programOf(geometry, choice.kernel);
  const { slices } = filterGradientSlices(geometry);
  const table = recorder.memory.upload(`cells of ${text}`, Int32Array.from(cells.flat()));
  for (const part of partsOf(groups, slices, Math.ceil(multiplyAdds(geometry) / choice.multiplyAddsPerDispatch))) {
    const shape = Int32Array.from(shapeNumbers(geometry, cells.length, part));
    const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
    recorder.dispatch({
      label: text,
      kernel,
      ...(precision && { precision }),
      operands: [recorder.memory.upload(`shape of ${text}`, shape, usage), table, input, outputGradient, partial],
      workgroups: [part.groups, part.slices, 1],
    });
  }
}

/** What one dispatch does of the workgroups of a slice, and of the slices. */
interface Part {
  readonly firstGroup: number;
  readonly groups: number;
  readonly firstSlice: number;
  readonly slices: number;
}

/** Cut into about `parts`: by slices as far as there are any, then by the workgroups of a slice. */
function partsOf(groups: number, slices: number, parts: number): Part[] {
  const slicesPerPart = Math.ceil(slices / Math.min(parts, slices));
  const groupsPerPart = Math.ceil(groups / Math.ceil(parts / slices));
  return chunkStarts(slices, slicesPerPart).flatMap((firstSlice) =>
    chunkStarts(groups, groupsPerPart).map((firstGroup) => ({
      firstGroup,
      groups: Math.min(groupsPerPart, groups - firstGroup),
      firstSlice,
      slices: Math.min(slicesPerPart, slices - firstSlice),
    })),
  );
}

function shapeNumbers(geometry: ConvGeometry, cells: number, { firstGroup, firstSlice }: Part): number[] {
  const { batch, height, width, kernelSize, stride, inputs, outputs } = geometry;
  const [outHeight, outWidth] = outputExtent(geometry);
  const { slices, sliceStride } = filterGradientSlices(geometry);
  return [
    ...[batch, height, width, outHeight, outWidth, inputs / 4, outputs / 4],
    samePadding(height, kernelSize, stride).before,
    samePadding(width, kernelSize, stride).before,
    cells,
    Math.ceil((batch * outHeight) / slices),
    sliceStride / 4,
    ...[firstGroup, firstSlice],
  ];
}

interface Program {
  readonly kernel: Kernel;
  readonly cells: readonly (readonly number[])[];
  /** Workgroups of a slice. */
  readonly groups: number;
}

function programOf(geometry: ConvGeometry, kernel: ConvKernel): Program {
  switch (kernel) {
    case "direct":
    case "direct-wide":
      return directProgram(geometry);
    case "tiled-64":
      return tiledProgram(geometry, 64);
    case "tiled-32":
      return tiledProgram(geometry, 32);
    default:
      return kernel satisfies never;
  }
}

function directProgram(geometry: ConvGeometry): Program {
  const { kernelSize, stride } = geometry;
  const cells = cellsOf(geometry, 1, 2);
  const source = `${common}\n${kernelSize === 3 ? threeByThree : oneByOne}`;
  const groups = Math.ceil((cells.length * kernelSize) / WORKGROUP);
  return { kernel: { source, constants: { WORKGROUP, STRIDE: stride } }, cells, groups };
}

function tiledProgram(geometry: ConvGeometry, tile: 64 | 32): Program {
  const { kernelSize, stride } = geometry;
  const [outHeight, outWidth] = outputExtent(geometry);
  const cells = cellsOf(geometry, tile / 4, tile / 4);
  const constants = { TILE: tile, KERNEL_SIZE: kernelSize, STRIDE: stride, OUT_HEIGHT: outHeight, OUT_WIDTH: outWidth };
  return { kernel: { source: `${common}\n${tiled}`, constants }, cells, groups: cells.length * kernelSize ** 2 };
}

/** Rows of `Cell`, block by block: up to `inputsPerCell` by `outputsPerCell` quads of channels each. */
function cellsOf({ blocks, kernelSize }: ConvGeometry, inputsPerCell: number, outputsPerCell: number): number[][] {
  return blocks.flatMap((block) => {
    const [inputQuads, outputQuads] = [block.inputs / 4, block.outputs / 4];
    return chunkStarts(inputQuads, inputsPerCell).flatMap((c) =>
      chunkStarts(outputQuads, outputsPerCell).map((k) => [
        block.inputStart / 4 + c,
        Math.min(inputsPerCell, inputQuads - c),
        block.outputStart / 4 + k,
        Math.min(outputsPerCell, outputQuads - k),
        block.weightOffset / 4 + 4 * c * outputQuads + k,
        outputQuads,
        kernelSize === 1 ? 0 : 4 * inputQuads * outputQuads,
      ]),
    );
  });
}

function outputExtent({ height, width, kernelSize, stride }: ConvGeometry): [height: number, width: number] {
  return [samePadding(height, kernelSize, stride).extent, samePadding(width, kernelSize, stride).extent];
}
