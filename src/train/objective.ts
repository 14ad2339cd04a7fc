import { assignmentParameters, layerParameters, type ParameterRole, type ParameterSpec } from "../model/parameters";
import type { ModelSpec } from "../model/spec";

/** Switches of the group penalties. */
export interface PenaltyOptions {
  readonly weightedSplit: boolean;
  readonly groupLassoEpsilon: number;
}

/** Weights and switches of the objective of one stage. */
export interface ObjectiveOptions extends PenaltyOptions {
  readonly weightDecay: number;
  /** Null in the fine-tuning stage, which has cross-entropy and weight decay only. */
  readonly penaltyWeights: { readonly overlap: number; readonly weightSplit: number; readonly uniform: number } | null;
}

/** What a stage trains and how. */
export interface TrainerOptions extends ObjectiveOptions {
  readonly momentum: number;
  readonly trainBatchNormScale: boolean;
  readonly assignmentRateFactor: number;
}

/** Whether weight decay applies: kernels (the first one too) and weights, not biases, batch norms or logits (resnet.py:179-204). */
export function decays({ role }: { readonly role: ParameterRole }): boolean {
  return role === "kernel" || role === "weights";
}

/** Layers whose batch-norm scale the stage moves: all of them, or only those that the recipe cannot freeze. */
export function scaledLayers(spec: ModelSpec, { trainBatchNormScale }: Pick<TrainerOptions, "trainBatchNormScale">): Set<string> {
  const layers = spec.layers.filter((layer) => layer.kind === "batchNorm" && (trainBatchNormScale || layer.alwaysTrainScale));
  return new Set(layers.map((layer) => layer.name));
}

/** Parameters that the stage moves: scales of the units' batch norms only if the recipe says so. */
export function trainedParameters(spec: ModelSpec, options: Pick<TrainerOptions, "trainBatchNormScale">): ParameterSpec[] {
  const scaled = scaledLayers(spec, options);
  const moved = layerParameters(spec).filter(({ role, layer }) => role !== "gamma" || scaled.has(layer));
  return [...moved, ...assignmentParameters(spec)];
}
