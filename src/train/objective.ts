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
  /** Times the learning rate for assignment logits; 0 freezes them, their momentum included. */
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

type Moving = Pick<TrainerOptions, "trainBatchNormScale" | "assignmentRateFactor">;

/** Parameters that the stage moves: scales of the units' batch norms only if the recipe says so, and assignments unless it freezes them. */
export function trainedParameters(spec: ModelSpec, options: Moving): ParameterSpec[] {
  const isMoved = movedBy(spec, options);
  return [...layerParameters(spec), ...assignmentParameters(spec)].filter(isMoved);
}

/** Whether the stage moves a parameter. */
export function movedBy(spec: ModelSpec, options: Moving): (parameter: Pick<ParameterSpec, "role" | "layer">) => boolean {
  const scaled = scaledLayers(spec, options);
  return ({ role, layer }) => {
    if (role === "logits") return options.assignmentRateFactor > 0;
    return role !== "gamma" || scaled.has(layer);
  };
}
