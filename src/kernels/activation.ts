import source from "./activation.wgsl?raw";
import { type LayerDropout, maskParts } from "./activation-dropout";
import { coveringDispatch, type Extents, mapGrid } from "./batch-norm-layout";
import type { Operand, Recorder } from "./recorder";

/** What a normalised layer is, forward and backward. */
export interface ActivationShape extends Extents {
  /** Layer and shape. */
  readonly label: string;
  /** Activations [pixels, channels]. */
  readonly input: Operand;
  /** Float32 [4][channels], from recordBatchMoments or recordRunningCoefficients. */
  readonly coefficients: Operand;
  readonly relu: boolean;
  readonly dropout: LayerDropout | null;
}

export interface Activation extends ActivationShape {
  /** Activations [pixels, channels]. */
  readonly output: Operand;
}

/** output = dropout(relu((input - mean) * scale + beta)), in one pass. */
export function recordActivation(recorder: Recorder, options: Activation): void {
  const { label, input, coefficients, relu, dropout, output } = options;
  const mask = maskParts(dropout, 3);
  recorder.dispatch(
    coveringDispatch(recorder, mapGrid(options), {
      label: `activation ${label}`,
      sources: [mask.source, source],
      constants: { ...mask.constants, RELU: relu },
      operands: [input, coefficients, output, ...mask.operands],
    }),
  );
}
