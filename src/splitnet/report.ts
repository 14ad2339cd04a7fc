import type { EvaluationReport, SubsetAccuracy } from "./evaluation";
import { crossEntropyOf, rankedAccuracy, rankOf } from "./ranking";

export interface ReportInput {
  /** [count, classes] in class order. */
  readonly logits: Float32Array;
  readonly labels: Uint8Array;
  readonly classes: number;
  /** Group of each class; all zeros for the unsplit network of an unknown grouping. */
  readonly classGroups: readonly number[];
  /** Superclass of each class. */
  readonly superclassOf: readonly number[];
  /** Seconds of the forward passes. */
  readonly seconds: number;
}

/** Accuracy, loss and confusion of one network from its logits. */
export function evaluationReport(input: ReportInput): EvaluationReport {
  const { logits, labels, classes } = input;
  const count = labels.length;
  const confusion = new Array<number>(classes * classes).fill(0);
  const rowOf = (image: number): Float32Array => logits.subarray(image * classes, (image + 1) * classes);
  const predictions = Array.from(labels, (label, image) => {
    const { predicted } = rankOf(rowOf(image), label);
    confusion[label * classes + predicted]!++;
    return predicted;
  });
  const perClass = accuracyBy(confusion, classes, (label) => label);
  return {
    count,
    ...rankedAccuracy(logits, labels),
    secondsPerImage: input.seconds / count,
    predictions,
    truthScores: Array.from(labels, (label, image) => scoreOf(rowOf(image), label)),
    predictionScores: predictions.map((predicted, image) => scoreOf(rowOf(image), predicted)),
    confusion,
    perClass,
    perGroup: accuracyBy(confusion, classes, (label) => input.classGroups[label]!),
    perSuperclass: accuracyBy(confusion, classes, (label) => input.superclassOf[label]!),
  };
}

/** Softmax of the row at that class, to seven digits. */
function scoreOf(row: Float32Array, label: number): number {
  return Number(Math.exp(-crossEntropyOf(row, label)).toPrecision(7));
}

/** Top-1 accuracy of the images whose class falls into each subset. */
function accuracyBy(confusion: readonly number[], classes: number, subsetOf: (label: number) => number): SubsetAccuracy[] {
  const subsets = new Map<number, { count: number; right: number }>();
  for (let label = 0; label < classes; label++) {
    const index = subsetOf(label);
    const subset = subsets.get(index) ?? { count: 0, right: 0 };
    subsets.set(index, subset);
    for (let predicted = 0; predicted < classes; predicted++) subset.count += confusion[label * classes + predicted]!;
    subset.right += confusion[label * classes + label]!;
  }
  return [...subsets]
    .sort(([a], [b]) => a - b)
    .map(([index, { count, right }]) => ({ index, count, top1: count === 0 ? 0 : right / count }));
}
