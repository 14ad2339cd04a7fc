import type { HostTensor, NamedTensors } from "../base/tensor";
import type { Losses } from "../model/run";
import type { TrainState } from "./state";

/** What a step reports: its losses before the update and the share of its batch classified right. */
export type StepReport = Losses & { readonly accuracy: number };

/** Trains one stage on a device, whatever computes. Batches and random draws are functions of the step's number. */
export interface StageTrainer {
  /** Starts the step; resolves once the device can take another one. */
  step(step: number, learningRate: number): Promise<void>;
  /** Reports of the steps since the last call, in order; waits for the device. */
  takeReports(): Promise<readonly StepReport[]>;
  /** Assignment probabilities [groups, size] by space. */
  assignments(): Promise<ReadonlyMap<string, HostTensor>>;
  /** Weights and assignment logits as they are, on the host: waits for the device. */
  parameters(): Promise<NamedTensors>;
  /** Logits [validation images, classes] in class order after `step` steps. */
  validationLogits(step: number): Promise<Float32Array>;
  /**
   * Logits [images, classes] of training images in class order, not augmented and nothing dropped. Batch norm normalises by batches of the recipe's
   * size, as in training, and its running statistics stay: early in training they lag behind the weights.
   */
  trainingLogits(images: Uint32Array): Promise<Float32Array>;
  /** A copy of everything on the host: waits for the device. */
  state(step: number): Promise<TrainState>;
  /** Releases the device's memory. */
  dispose(): void;
}

/** Terms [crossEntropy, l2, overlap, weightSplit, uniform, accuracy] as a report. */
export function reportOf(terms: ArrayLike<number>): StepReport {
  const [crossEntropy = 0, l2 = 0, overlap = 0, weightSplit = 0, uniform = 0, accuracy = 0] = Array.from(terms);
  const total = crossEntropy + l2 + overlap + weightSplit + uniform;
  return { crossEntropy, l2, overlap, weightSplit, uniform, total, accuracy };
}
