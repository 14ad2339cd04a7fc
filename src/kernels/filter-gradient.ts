import type { ConvGeometry } from "./conv-geometry";
import { samePadding, weightCount } from "./conv-geometry";
import oneByOne from "./filter-gradient-1x1.wgsl?raw";
import threeByThree from "./filter-gradient-3x3.wgsl?raw";
import common from "./filter-gradient-common.wgsl?raw";
import type { Precision } from "./pipelines";
import type { Operand, Recorder } from "./recorder";

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
const LEAST_SLICE_PIXELS = 128;
/** Bound on the partial sums of a layer, in floats. */
const MOST_PARTIAL_FLOATS = 8 * 1024 * 1024;

export function filterGradientSlices(geometry: ConvGeometry): Slices {
  const sliceStride = Math.ceil(weightCount(geometry) / 64) * 64;
  const [rows, columns] = outputExtent(geometry);
  const threads = cellsOf(geometry).length * geometry.kernelSize;
  const most = Math.min(
    Math.ceil(WANTED_THREADS / threads),
    Math.ceil((geometry.batch * rows * columns) / LEAST_SLICE_PIXELS),
    Math.floor(MOST_PARTIAL_FLOATS / sliceStride),
    geometry.batch * rows,
  );
  return { slices: Math.max(1, most), sliceStride };
}

/** Gradient with respect to the weights, as partial sums over slices of the batch's rows. */
export function recordFilterGradient(recorder: Recorder, pass: FilterGradientPass): void {
  const { label, geometry, input, outputGradient, partial, precision } = pass;
  const { batch, height, width, kernelSize, stride, inputs, outputs } = geometry;
  const { memory } = recorder;
  const [outHeight, outWidth] = outputExtent(geometry);
  const { slices, sliceStride } = filterGradientSlices(geometry);
  const text = `filter-gradient ${label} ${kernelSize}x${kernelSize}x${inputs}x${outputs}`;
  const cells = cellsOf(geometry);
  const shape = Int32Array.from([
    batch,
    height,
    width,
    outHeight,
    outWidth,
    inputs / 4,
    outputs / 4,
    samePadding(height, kernelSize, stride).before,
    samePadding(width, kernelSize, stride).before,
    cells.length,
    Math.ceil((batch * outHeight) / slices),
    sliceStride / 4,
  ]);
  recorder.dispatch({
    label: text,
    kernel: {
      source: `${common}\n${kernelSize === 3 ? threeByThree : oneByOne}`,
      constants: { WORKGROUP, STRIDE: stride },
    },
    ...(precision && { precision }),
    operands: [
      memory.upload(`shape of ${text}`, shape, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST),
      memory.upload(`cells of ${text}`, Int32Array.from(cells.flat())),
      input,
      outputGradient,
      partial,
    ],
    workgroups: [Math.ceil((cells.length * kernelSize) / WORKGROUP), slices, 1],
  });
}

/** Four input channels by up to eight output channels each, block by block: rows of `Cell`. */
function cellsOf({ blocks, kernelSize }: ConvGeometry): number[][] {
  return blocks.flatMap((block) => {
    const [inputQuads, outputQuads] = [block.inputs / 4, block.outputs / 4];
    const pairs = Math.ceil(outputQuads / 2);
    return Array.from({ length: inputQuads * pairs }, (_, index) => {
      const [c, k] = [Math.floor(index / pairs), 2 * (index % pairs)];
      return [
        block.inputStart / 4 + c,
        block.outputStart / 4 + k,
        Math.min(2, outputQuads - k),
        block.weightOffset / 4 + 4 * c * outputQuads + k,
        outputQuads,
        kernelSize === 1 ? 0 : 4 * inputQuads * outputQuads,
      ];
    });
  });
}

function outputExtent({ height, width, kernelSize, stride }: ConvGeometry): [height: number, width: number] {
  return [samePadding(height, kernelSize, stride).extent, samePadding(width, kernelSize, stride).extent];
}
