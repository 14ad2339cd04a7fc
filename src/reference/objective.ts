import { layerParameters } from "../model/parameters";
import type { Losses } from "../model/run";
import type { ModelSpec } from "../model/spec";
import { crossEntropy, crossEntropyGradient } from "./cross-entropy";
import { halfSquaredNorm, halfSquaredNormGradient } from "./l2";
import type { Dropout64, NetworkState64 } from "./layer";
import { runNetwork } from "./network";
import { networkPenalties, type PenaltyRecipe } from "./network-penalties";
import { addTensors, type Tensor64, type Tensors64, tensor64Named } from "./tensor64";

/** What is minimised. */
export interface Objective {
  /** Times one half of the squared norm of all convolution kernels and fully connected weights. */
  readonly weightDecay: number;
  readonly penalties: PenaltyRecipe;
}

/** Images [n, h, w, c] and labels as positions on the spec's class axis. */
export interface Batch64 {
  readonly images: Tensor64;
  readonly labels: ArrayLike<number>;
}

/** One training-mode evaluation. */
export interface ObjectiveValue {
  readonly losses: Losses;
  readonly logits: Tensor64;
  /** Gradient of the total for every parameter, assignment logits included. */
  readonly gradients: Tensors64;
  /** Running statistics after this batch. */
  readonly statistics: Tensors64;
}

/** Losses and gradients of one batch: cross-entropy + weight decay + penalties. */
export function evaluateObjective(
  spec: ModelSpec,
  state: NetworkState64,
  batch: Batch64,
  objective: Objective,
  dropout: Dropout64 | null = null,
): ObjectiveValue {
  const run = runNetwork(spec, state, batch.images, { kind: "training", dropout });
  const gradients = new Map(run.backward(crossEntropyGradient(run.logits, batch.labels)));
  const add = (name: string, gradient: Tensor64): void => {
    const sum = gradients.get(name);
    gradients.set(name, sum === undefined ? gradient : addTensors(sum, gradient));
  };
  let l2 = 0;
  for (const name of decayedNames(spec)) {
    const weight = tensor64Named(state.parameters, name);
    l2 += objective.weightDecay * halfSquaredNorm(weight);
    add(name, halfSquaredNormGradient(weight, objective.weightDecay));
  }
  const penalties = networkPenalties(spec, state.parameters, objective.penalties);
  for (const [name, gradient] of penalties.gradients) add(name, gradient);
  const { overlap, weightSplit, uniform } = penalties;
  const entropy = crossEntropy(run.logits, batch.labels);
  const total = entropy + l2 + overlap + weightSplit + uniform;
  return {
    losses: { crossEntropy: entropy, l2, overlap, weightSplit, uniform, total },
    logits: run.logits,
    gradients,
    statistics: run.statistics,
  };
}

/** Kernels and weights decay; biases, batch norms and assignment logits do not. */
function decayedNames(spec: ModelSpec): string[] {
  return layerParameters(spec).flatMap(({ name, role }) => (role === "kernel" || role === "weights" ? [name] : []));
}
