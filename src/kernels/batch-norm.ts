import coefficientsSource from "./batch-norm-coefficients.wgsl?raw";
import finishSource from "./batch-norm-finish.wgsl?raw";
import { channelBytes, coveringDispatch, type Extents, mapGrid, reductionGrid } from "./batch-norm-layout";
import momentsSource from "./batch-norm-moments.wgsl?raw";
import pairSumSource from "./batch-norm-pair-sum.wgsl?raw";
import runningSource from "./batch-norm-running.wgsl?raw";
import type { BufferView } from "./device-memory";
import type { Operand, Recorder } from "./recorder";

/** Parameters and statistics of a batch normalisation, float32 [channels] each; zeros in padding channels. */
export interface NormState {
  readonly gamma: BufferView;
  readonly beta: BufferView;
  readonly runningMean: BufferView;
  readonly runningVariance: BufferView;
}

export interface Coefficients {
  /** Added to the variance. */
  readonly epsilon: number;
  /** Float32 [4][channels]: mean, 1 / sqrt(variance + epsilon), scale = gamma * inverse, beta. */
  readonly coefficients: Operand;
}

export interface BatchMoments extends Extents, NormState, Coefficients {
  /** Layer and shape. */
  readonly label: string;
  /** Share of the running statistics that stays. */
  readonly decay: number;
  /** Activations [pixels, channels]. */
  readonly input: Operand;
}

/**
 * Coefficients of the batch's own mean and biased variance, as exact as two passes over the input although it is read once; the
 * running statistics move to decay * running + (1 - decay) * batch. Two dispatches.
 */
export function recordBatchMoments(recorder: Recorder, options: BatchMoments): void {
  const { label, channels, input, coefficients, epsilon, decay } = options;
  const { slices, partial, finish } = reductionGrid(options);
  const partials = recorder.temporary(`moments ${label}`, channelBytes(2 * slices, channels));
  recorder.dispatch(
    coveringDispatch(recorder, partial, {
      label: `batch-norm-moments ${label}`,
      sources: [pairSumSource, momentsSource],
      constants: {},
      operands: [input, partials],
    }),
  );
  recorder.dispatch(
    coveringDispatch(recorder, finish, {
      label: `batch-norm-finish ${label}`,
      sources: [coefficientsSource, finishSource],
      constants: { EPSILON: `${epsilon}f`, DECAY: `${decay}f` },
      operands: [options.gamma, options.beta, coefficients, options.runningMean, options.runningVariance, partials, input],
    }),
  );
}

export interface RunningCoefficients extends NormState, Coefficients {
  /** Layer and shape. */
  readonly label: string;
  readonly channels: number;
}

/** The same coefficients from the running statistics, which stay as they are: evaluation. One dispatch. */
export function recordRunningCoefficients(recorder: Recorder, options: RunningCoefficients): void {
  const { label, channels, gamma, beta, runningMean, runningVariance, coefficients, epsilon } = options;
  const grid = { ...mapGrid({ pixels: 1, channels }), workgroup: 64, workgroups: [Math.ceil(channels / 256), 1, 1] } as const;
  recorder.dispatch(
    coveringDispatch(recorder, grid, {
      label: `batch-norm-running ${label}`,
      sources: [coefficientsSource, runningSource],
      constants: { EPSILON: `${epsilon}f` },
      operands: [gamma, beta, coefficients, runningMean, runningVariance],
    }),
  );
}
