import { ShapeError } from "../base/errors";
import { type Tensor64, tensor64 } from "./tensor64";

interface Geometry {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly inputs: number;
  readonly outputHeight: number;
  readonly outputWidth: number;
  readonly outputs: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly stride: number;
  readonly padTop: number;
  readonly padLeft: number;
}

/**
 * Output extent and padding before the first element under TensorFlow's SAME rule: extent = ceil(in / stride), and of the
 * total padding max((extent - 1) stride + kernel - in, 0) the smaller half comes first.
 */
export function samePadding(input: number, kernel: number, stride: number): { readonly extent: number; readonly before: number } {
  const extent = Math.ceil(input / stride);
  const total = Math.max((extent - 1) * stride + kernel - input, 0);
  return { extent, before: Math.floor(total / 2) };
}

/** y[b,i,j,k] = sum over ky,kx,c of x[b, i s + ky - p, j s + kx - p, c] w[ky,kx,c,k]; x NHWC, kernel HWIO. */
export function conv2d(x: Tensor64, kernel: Tensor64, stride: number): Tensor64 {
  const g = geometryOf(x.shape, kernel.shape, stride);
  const y = tensor64([g.batch, g.outputHeight, g.outputWidth, g.outputs]);
  const [from, weights, to] = [x.data, kernel.data, y.data];
  const { inputs, outputs } = g;
  forEachTap(g, (inputPixel, outputPixel, tap) => {
    const start = outputPixel * outputs;
    for (let c = 0; c < inputs; c++) {
      const value = from[inputPixel * inputs + c]!;
      const row = (tap * inputs + c) * outputs;
      for (let k = 0; k < outputs; k++) to[start + k] = to[start + k]! + value * weights[row + k]!;
    }
  });
  return y;
}

/** dx of `conv2d`: every dy goes back along the taps it was made from. */
export function conv2dInputGradient(dy: Tensor64, kernel: Tensor64, inputShape: readonly number[], stride: number): Tensor64 {
  const g = geometryOf(inputShape, kernel.shape, stride);
  const dx = tensor64(inputShape);
  const [from, weights, to] = [dy.data, kernel.data, dx.data];
  const { inputs, outputs } = g;
  forEachTap(g, (inputPixel, outputPixel, tap) => {
    const start = outputPixel * outputs;
    for (let c = 0; c < inputs; c++) {
      const row = (tap * inputs + c) * outputs;
      let sum = 0;
      for (let k = 0; k < outputs; k++) sum += from[start + k]! * weights[row + k]!;
      to[inputPixel * inputs + c] = to[inputPixel * inputs + c]! + sum;
    }
  });
  return dx;
}

/** dw of `conv2d`: dw[ky,kx,c,k] = sum over b,i,j of x[b, i s + ky - p, j s + kx - p, c] dy[b,i,j,k]. */
export function conv2dKernelGradient(x: Tensor64, dy: Tensor64, kernelShape: readonly number[], stride: number): Tensor64 {
  const g = geometryOf(x.shape, kernelShape, stride);
  const dw = tensor64(kernelShape);
  const [from, gradient, to] = [x.data, dy.data, dw.data];
  const { inputs, outputs } = g;
  forEachTap(g, (inputPixel, outputPixel, tap) => {
    const start = outputPixel * outputs;
    for (let c = 0; c < inputs; c++) {
      const value = from[inputPixel * inputs + c]!;
      const row = (tap * inputs + c) * outputs;
      for (let k = 0; k < outputs; k++) to[row + k] = to[row + k]! + value * gradient[start + k]!;
    }
  });
  return dw;
}

function geometryOf(input: readonly number[], kernel: readonly number[], stride: number): Geometry {
  const [batch, height, width, inputs] = input;
  const [kernelHeight, kernelWidth, kernelInputs, outputs] = kernel;
  if (input.length !== 4 || kernel.length !== 4 || inputs !== kernelInputs) {
    throw new ShapeError(
      `kernel [${kernel.join(", ")}] does not fit input [${input.join(", ")}]`,
      "Give x as [n, h, w, in] and the kernel as [k, k, in, out].",
    );
  }
  const rows = samePadding(height!, kernelHeight!, stride);
  const columns = samePadding(width!, kernelWidth!, stride);
  return {
    batch: batch!,
    height: height!,
    width: width!,
    inputs: inputs!,
    outputHeight: rows.extent,
    outputWidth: columns.extent,
    outputs: outputs!,
    kernelHeight: kernelHeight!,
    kernelWidth: kernelWidth!,
    stride,
    padTop: rows.before,
    padLeft: columns.before,
  };
}

/** Visits every pair of an output pixel and a kernel tap that reads inside the image; indices count pixels and taps. */
function forEachTap(g: Geometry, visit: (inputPixel: number, outputPixel: number, tap: number) => void): void {
  for (let b = 0; b < g.batch; b++) {
    for (let oy = 0; oy < g.outputHeight; oy++) {
      for (let ox = 0; ox < g.outputWidth; ox++) {
        const outputPixel = (b * g.outputHeight + oy) * g.outputWidth + ox;
        for (let ky = 0; ky < g.kernelHeight; ky++) {
          const y = oy * g.stride + ky - g.padTop;
          if (y < 0 || y >= g.height) continue;
          for (let kx = 0; kx < g.kernelWidth; kx++) {
            const x = ox * g.stride + kx - g.padLeft;
            if (x < 0 || x >= g.width) continue;
            visit((b * g.height + y) * g.width + x, outputPixel, ky * g.kernelWidth + kx);
          }
        }
      }
    }
  }
}
