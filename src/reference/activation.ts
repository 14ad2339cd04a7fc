import { type BatchNormGradients, batchNorm, batchNormGradients, type Moments } from "./batch-norm";
import { dropout, dropoutGradient } from "./dropout";
import { relu, reluGradient } from "./relu";
import type { Tensor64 } from "./tensor64";

/** dropout(relu(batchNorm(x))), of which all but the normalisation may be missing. */
export interface ActivationLayer {
  readonly moments: Moments;
  readonly gamma: Tensor64;
  readonly beta: Tensor64;
  readonly relu: boolean;
  /** Mask of 0 and 1 an element. */
  readonly dropout: { readonly mask: ArrayLike<number>; readonly keep: number } | null;
}

/** The layer's output for x [..., channels]. */
export function activation(x: Tensor64, layer: ActivationLayer): Tensor64 {
  const y = batchNorm(x, layer.moments, layer.gamma, layer.beta);
  const active = layer.relu ? relu(y) : y;
  return layer.dropout === null ? active : dropout(active, layer.dropout.mask, layer.dropout.keep);
}

/** Gradients to x, gamma and beta, through x's own moments; dy is the gradient of the output. */
export function activationGradients(dy: Tensor64, x: Tensor64, layer: ActivationLayer): BatchNormGradients {
  const kept = layer.dropout === null ? dy : dropoutGradient(dy, layer.dropout.mask, layer.dropout.keep);
  const active = layer.relu ? reluGradient(kept, batchNorm(x, layer.moments, layer.gamma, layer.beta)) : kept;
  return batchNormGradients(active, x, layer.moments, layer.gamma);
}
