import type { ActivationShape } from "./activation";
import { maskParts } from "./activation-dropout";
import mapSource from "./activation-gradient.wgsl?raw";
import finishSource from "./activation-gradient-finish.wgsl?raw";
import noResidualSource from "./activation-gradient-no-residual.wgsl?raw";
import normalSource from "./activation-gradient-normal.wgsl?raw";
import perImageSource from "./activation-gradient-per-image.wgsl?raw";
import perPixelSource from "./activation-gradient-per-pixel.wgsl?raw";
import residualSource from "./activation-gradient-residual.wgsl?raw";
import sumsSource from "./activation-gradient-sums.wgsl?raw";
import { channelBytes, coveringDispatch, type Grid, mapGrid, type ReductionGrid, reductionGrid } from "./batch-norm-layout";
import pairSumSource from "./batch-norm-pair-sum.wgsl?raw";
import type { BufferView } from "./device-memory";
import type { Operand, Recorder, Temporary } from "./recorder";

/** Gradient of a layer's output: of every pixel, or one a channel and image that stands for the mean over the image's pixels. */
export type OutputGradient =
  /** Activations [pixels, channels]. */
  | { readonly kind: "perPixel"; readonly operand: Operand }
  /** Float32 [images, channels]; each pixel gets 1 / pixelsPerImage of it. */
  | { readonly kind: "perImage"; readonly operand: Operand; readonly pixelsPerImage: number };

export interface ActivationGradient extends ActivationShape {
  readonly outputGradient: OutputGradient;
  /** Activations [pixels, channels] that are added to the result. */
  readonly residual: Operand | null;
  /** Float32 [channels]; null where the scale is not trained. */
  readonly gammaGradient: BufferView | null;
  /** Float32 [channels]. */
  readonly betaGradient: BufferView;
  /** Gradient of the input, activations [pixels, channels]. */
  readonly output: Operand;
}

/**
 * Gradients of dropout(relu((input - mean) * scale + beta)) to input, gamma and beta, through the batch's moments. Three dispatches: sums of
 * slices of pixels, sums of all, gradient of the input.
 */
export function recordActivationGradient(recorder: Recorder, options: ActivationGradient): void {
  const { label, channels } = options;
  const reduction = reductionGrid(options);
  const partials = recorder.temporary(`gradient sums ${label}`, channelBytes(2 * reduction.slices, channels));
  const terms = recorder.temporary(`gradient terms ${label}`, channelBytes(2, channels));
  recordSums(recorder, options, reduction.partial, partials);
  recordFinish(recorder, options, reduction, partials, terms);
  recordInputGradient(recorder, options, terms);
}

function recordSums(recorder: Recorder, options: ActivationGradient, grid: Grid, partials: Temporary): void {
  const { label, input, coefficients, dropout, outputGradient } = options;
  recorder.dispatch(
    coveringDispatch(recorder, grid, {
      label: `activation-gradient-sums ${label}`,
      ...gradientKernel(options, 4, [pairSumSource, sumsSource]),
      operands: [input, coefficients, outputGradient.operand, partials, ...maskParts(dropout, 4).operands],
    }),
  );
}

function recordFinish(
  recorder: Recorder,
  { label, channels, coefficients, gammaGradient, betaGradient }: ActivationGradient,
  { finish }: ReductionGrid,
  partials: Temporary,
  terms: Temporary,
): void {
  const unused = recorder.temporary(`untrained gamma ${label}`, channelBytes(1, channels));
  recorder.dispatch(
    coveringDispatch(recorder, finish, {
      label: `activation-gradient-finish ${label}`,
      sources: [pairSumSource, finishSource],
      constants: {},
      operands: [partials, coefficients, betaGradient, gammaGradient ?? unused, terms],
    }),
  );
}

function recordInputGradient(recorder: Recorder, options: ActivationGradient, terms: Temporary): void {
  const { label, input, coefficients, dropout, outputGradient, residual, output } = options;
  const others = residual === null ? [] : [residual];
  const binding = 5 + others.length;
  recorder.dispatch(
    coveringDispatch(recorder, mapGrid(options), {
      label: `activation-gradient ${label}`,
      ...gradientKernel(options, binding, [residual === null ? noResidualSource : residualSource, mapSource]),
      operands: [input, coefficients, outputGradient.operand, terms, output, ...others, ...maskParts(dropout, binding).operands],
    }),
  );
}

/** `own` sources behind what they share: the gradient of y, recomputed. The mask's uniforms are bound from `binding` on. */
function gradientKernel({ relu, dropout, outputGradient }: ActivationGradient, binding: number, own: readonly string[]) {
  const mask = maskParts(dropout, binding);
  const perImage = outputGradient.kind === "perImage";
  return {
    sources: [mask.source, perImage ? perImageSource : perPixelSource, normalSource, ...own],
    constants: { ...mask.constants, RELU: relu },
    pixelsPerImage: perImage ? outputGradient.pixelsPerImage : 1,
  };
}
