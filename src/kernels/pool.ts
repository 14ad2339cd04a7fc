import { type LayerDropout, maskParts } from "./activation-dropout";
import poolSource from "./pool.wgsl?raw";
import activatedSource from "./pool-activated.wgsl?raw";
import gradientSource from "./pool-gradient.wgsl?raw";
import normalisedSource from "./pool-normalised.wgsl?raw";
import type { Operand, Recorder } from "./recorder";

interface Features {
  /** Layer and shape. */
  readonly label: string;
  readonly batch: number;
  /** A multiple of 4. */
  readonly channels: number;
  readonly dropout: LayerDropout | null;
}

export interface Pool extends Features {
  readonly pixelsPerImage: number;
  /** Activations [batch, pixelsPerImage, channels]. */
  readonly input: Operand;
  /** Float32 [4][channels]: mean, 1 / deviation, scale, beta of the activation before the pool; null where the input is activated already. */
  readonly coefficients: Operand | null;
  /** Float32 [batch, channels]. */
  readonly output: Operand;
}

export interface PooledGradient extends Features {
  readonly dropout: LayerDropout;
  /** Float32 [batch, channels]: gradient of the features behind the dropout. */
  readonly gradient: Operand;
  /** Float32 [batch, channels]. */
  readonly output: Operand;
}

const THREADS = 64;
const MAX_COLUMNS = 16;

/**
 * output[n, c] = dropout(mean over pixels of relu((input - mean) scale + beta)): the activated tensor is never stored. Element n channels + c of
 * the mask belongs to output[n, c]. One dispatch.
 */
export function recordPool(recorder: Recorder, options: Pool): void {
  const { label, batch, pixelsPerImage, channels, input, coefficients, dropout, output } = options;
  const groups = channels / 4;
  const columns = Math.min(MAX_COLUMNS, 2 ** Math.ceil(Math.log2(groups)));
  const own =
    coefficients === null ? { source: activatedSource, operands: [] } : { source: normalisedSource, operands: [coefficients] };
  const mask = maskParts(dropout, 2 + own.operands.length);
  recorder.dispatch({
    label: `pool ${label}`,
    kernel: {
      source: [mask.source, own.source, poolSource].join("\n"),
      constants: {
        ...mask.constants,
        PIXELS: `${pixelsPerImage}u`,
        GROUPS: `${groups}u`,
        COLUMNS: `${columns}u`,
        SLICES: `${THREADS / columns}u`,
      },
    },
    operands: [input, output, ...own.operands, ...mask.operands],
    workgroups: [Math.ceil(groups / columns), batch, 1],
  });
}

/** Gradient of the pool's means behind whose dropout `gradient` was taken: only needed where there is dropout. One dispatch. */
export function recordPooledGradient(recorder: Recorder, options: PooledGradient): void {
  const { label, batch, channels, dropout, gradient, output } = options;
  const count = (batch * channels) / 4;
  const mask = maskParts(dropout, 2);
  recorder.dispatch({
    label: `pool-gradient ${label}`,
    kernel: { source: `${mask.source}\n${gradientSource}`, constants: { ...mask.constants, COUNT: `${count}u` } },
    operands: [gradient, output, ...mask.operands],
    workgroups: [Math.ceil(count / THREADS), 1, 1],
  });
}
