/** Accuracy of one subset of the test images. */
export interface SubsetAccuracy {
  /** Index of the class, group or superclass. */
  readonly index: number;
  readonly count: number;
  /** Share of images whose highest logit is their class, 0..1. */
  readonly top1: number;
}

/** What one network does on the test images. */
export interface EvaluationReport {
  readonly count: number;
  /** Mean cross-entropy in nats. */
  readonly loss: number;
  readonly top1: number;
  readonly top5: number;
  /** Wall-clock seconds of the forward passes divided by `count`, after one warm-up batch. */
  readonly secondsPerImage: number;
  /** Class of the highest logit of each test image, in the order of the images; empty where an earlier version kept none. */
  readonly predictions: readonly number[];
  /**
   * Probabilities, as softmax of the logits, of each image's class and of its prediction; to seven digits, about what float32 logits tell.
   * Empty where an earlier version kept none.
   */
  readonly truthScores: readonly number[];
  readonly predictionScores: readonly number[];
  /** `confusion[truth * classes + predicted]` counts images. */
  readonly confusion: readonly number[];
  readonly perClass: readonly SubsetAccuracy[];
  readonly perGroup: readonly SubsetAccuracy[];
  readonly perSuperclass: readonly SubsetAccuracy[];
}

/** The unsplit and the split network side by side; `split` is null before the split. */
export interface EvaluationPair {
  readonly unsplit: EvaluationReport;
  readonly split: EvaluationReport | null;
}
