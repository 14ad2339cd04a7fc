import {
  backend,
  backend_util,
  Conv2DBackpropFilter,
  type Conv2DBackpropFilterAttrs,
  type KernelConfig,
  type TensorInfo,
} from "@tensorflow/tfjs-core";
import source from "./filter-gradient.wgsl?raw";
import loadScalars from "./filter-gradient-load1.wgsl?raw";
import loadVectors from "./filter-gradient-load4.wgsl?raw";
import { dispatchProgram } from "./program";
import sumSlices from "./sum-slices.wgsl?raw";

type Geometry = backend_util.Conv2DInfo;

/** Channels of a thread's block, on both sides. */
const BLOCK = 8;
/** Threads that keep a large device busy; more slices than this needs only cost partial sums. */
const WANTED_THREADS = 16_384;
const LEAST_SLICE_PIXELS = 96;
/** Bound on the partial sums, far below the smallest buffer limit. */
const MOST_PARTIAL_VALUES = 8 * 1024 * 1024;

/**
 * Gradient of a convolution with respect to its filter [kh, kw, in, out] from x [N, H, W, in] and dy [N, H', W', out].
 * The sum over pixels is cut into slices that run side by side, and the slices are added in order: the same bits every time.
 */
export function filterGradient(x: TensorInfo, dy: TensorInfo, geometry: Geometry): TensorInfo {
  const { inChannels: inputs, outChannels: outputs, filterHeight, filterWidth } = geometry;
  const pixels = geometry.batchSize * geometry.outHeight * geometry.outWidth;
  const taps = filterHeight * filterWidth;
  const [blocksIn, blocksOut] = [Math.ceil(inputs / BLOCK), Math.ceil(outputs / BLOCK)];
  const size = taps * inputs * outputs;
  const slices = sliceCount(pixels, taps * blocksIn * blocksOut, size);
  const vectors = inputs % 4 === 0 && outputs % 4 === 0;
  const components = vectors ? 4 : 1;
  const shape = [filterHeight, filterWidth, inputs, outputs];
  const partial = dispatchProgram({
    name: `filter-gradient ${vectors ? "vec4" : "scalar"}`,
    source: `${vectors ? loadVectors : loadScalars}\n${source}`,
    inputs: [
      { name: "x", tensor: x, components },
      { name: "dy", tensor: dy, components },
    ],
    shape: slices === 1 ? shape : [slices, size],
    outputComponents: 1,
    threads: slices * taps * blocksIn * blocksOut,
    integers: {
      inputs,
      outputs,
      blocksIn,
      blocksOut,
      taps,
      kernelWidth: filterWidth,
      stride: geometry.strideHeight,
      padTop: geometry.padInfo.top,
      padLeft: geometry.padInfo.left,
      inHeight: geometry.inHeight,
      inWidth: geometry.inWidth,
      outHeight: geometry.outHeight,
      outWidth: geometry.outWidth,
      pixels,
      slicePixels: Math.ceil(pixels / slices),
    },
  });
  return slices === 1 ? partial : sumOfSlices(partial, shape, slices);
}

function sliceCount(pixels: number, threadsPerSlice: number, size: number): number {
  const wanted = Math.ceil(WANTED_THREADS / threadsPerSlice);
  return Math.max(1, Math.min(wanted, Math.ceil(pixels / LEAST_SLICE_PIXELS), Math.floor(MOST_PARTIAL_VALUES / size)));
}

function sumOfSlices(partial: TensorInfo, shape: readonly number[], slices: number): TensorInfo {
  const threads = shape.reduce((product, extent) => product * extent, 1);
  const inputs = [{ name: "partial", tensor: partial, components: 1 }] as const;
  const total = dispatchProgram({
    name: "sum-slices",
    source: sumSlices,
    inputs,
    shape,
    outputComponents: 1,
    threads,
    integers: { slices },
  });
  backend().disposeData(partial.dataId);
  return total;
}

/** Replaces the tensor engine's own kernel, which gives one thread a whole weight and runs far below the device's speed. */
export const filterGradientKernel: KernelConfig = {
  kernelName: Conv2DBackpropFilter,
  backendName: "webgpu",
  kernelFunc: ({ inputs, attrs }) => {
    const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo };
    const { strides, pad, filterShape } = (attrs ?? {}) as object as Conv2DBackpropFilterAttrs;
    const geometry = backend_util.computeConv2DInfo(shape4(x), filterShape, strides, 1, pad);
    return filterGradient(x, dy, geometry);
  },
};

function shape4({ shape }: TensorInfo): [number, number, number, number] {
  const [batch = 1, height = 1, width = 1, channels = 1] = shape;
  return [batch, height, width, channels];
}
