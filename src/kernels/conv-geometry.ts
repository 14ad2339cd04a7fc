/** A convolution as the kernels see it: NHWC, channels in vectors of four ("quads"), TensorFlow SAME padding. */

/** A block of weights [kernelSize * kernelSize, inputs, outputs]; all counts and starts are multiples of 4 channels. */
export interface ConvBlock {
  readonly inputStart: number;
  readonly inputs: number;
  readonly outputStart: number;
  readonly outputs: number;
  /** Floats from the start of the bound weights to the block's; a multiple of 4. */
  readonly weightOffset: number;
}

export interface ConvGeometry {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly kernelSize: 1 | 3;
  readonly stride: 1 | 2;
  /** Channels of the whole input and output, padding included. */
  readonly inputs: number;
  readonly outputs: number;
  /** One for a dense layer; the blocks' channels follow each other without gap or overlap. */
  readonly blocks: readonly ConvBlock[];
}

/** Output extent and padding before the first element: the smaller half of max((extent - 1) stride + kernel - input, 0). */
export function samePadding(input: number, kernel: number, stride: number): { readonly extent: number; readonly before: number } {
  const extent = Math.ceil(input / stride);
  return { extent, before: Math.floor(Math.max((extent - 1) * stride + kernel - input, 0) / 2) };
}

/** Floats of the weights of all blocks, as far as the last one reaches. */
export function weightCount({ blocks, kernelSize }: ConvGeometry): number {
  return Math.max(...blocks.map((block) => block.weightOffset + kernelSize ** 2 * block.inputs * block.outputs));
}

/** Multiply-adds of one pass over a batch. */
export function multiplyAdds(geometry: ConvGeometry): number {
  const { batch, height, width, kernelSize, stride, blocks } = geometry;
  const pixels = batch * samePadding(height, kernelSize, stride).extent * samePadding(width, kernelSize, stride).extent;
  return pixels * kernelSize ** 2 * blocks.reduce((sum, { inputs, outputs }) => sum + inputs * outputs, 0);
}

/** A tap's place relative to the pixel that is written, and whose weights it has. */
interface Tap {
  readonly row: number;
  readonly column: number;
  readonly weight: number;
}

/** Written pixels that read the same taps: (u, v) of `rows` x `columns` is written at (u, v) outStep + (top, left), reads at (u, v) inStep + tap. */
export interface Phase {
  readonly rows: number;
  readonly columns: number;
  readonly top: number;
  readonly left: number;
  readonly outStep: number;
  readonly inStep: number;
  readonly taps: readonly Tap[];
}

/** The one phase of a convolution. */
export function forwardPhases({ height, width, kernelSize, stride }: ConvGeometry): Phase[] {
  const [rows, columns] = [samePadding(height, kernelSize, stride), samePadding(width, kernelSize, stride)];
  const taps = tapsOf(kernelSize).map(({ ky, kx, weight }) => ({ row: ky - rows.before, column: kx - columns.before, weight }));
  return [{ rows: rows.extent, columns: columns.extent, top: 0, left: 0, outStep: 1, inStep: stride, taps }];
}

/**
 * Phases of an input gradient: input row r gets from output row i by tap ky where r = i stride + ky - padding, so the rows of one
 * remainder by the stride have the same taps; columns likewise. A phase without taps is written as zero.
 */
export function gradientPhases({ height, width, kernelSize, stride }: ConvGeometry): Phase[] {
  const [rows, columns] = [samePadding(height, kernelSize, stride), samePadding(width, kernelSize, stride)];
  const remainders = Array.from({ length: stride }, (_, remainder) => remainder);
  return remainders.flatMap((top) =>
    remainders.map((left): Phase => {
      const taps = tapsOf(kernelSize).flatMap(({ ky, kx, weight }): Tap[] => {
        const [y, x] = [top + rows.before - ky, left + columns.before - kx];
        return y % stride === 0 && x % stride === 0 ? [{ row: y / stride, column: x / stride, weight }] : [];
      });
      const [gridRows, gridColumns] = [Math.ceil((height - top) / stride), Math.ceil((width - left) / stride)];
      return { rows: gridRows, columns: gridColumns, top, left, outStep: stride, inStep: 1, taps };
    }),
  );
}

function tapsOf(kernelSize: number): { readonly ky: number; readonly kx: number; readonly weight: number }[] {
  return Array.from({ length: kernelSize ** 2 }, (_, weight) => ({
    ky: Math.floor(weight / kernelSize),
    kx: weight % kernelSize,
    weight,
  }));
}
