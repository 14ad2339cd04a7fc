import type { EvaluationReport, SubsetAccuracy } from "./evaluation";

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
  let loss = 0;
  let right = 0;
  let rightInFive = 0;
  for (let image = 0; image < count; image++) {
    const row = logits.subarray(image * classes, (image + 1) * classes);
    const label = labels[image]!;
    const { rank, predicted } = rankOf(row, label);
    if (rank === 0) right++;
    if (rank < 5) rightInFive++;
    confusion[label * classes + predicted]!++;
    loss += crossEntropy(row, label);
  }
  const perClass = accuracyBy(confusion, classes, (label) => label);
  return {
    count,
    loss: loss / count,
    top1: right / count,
    top5: rightInFive / count,
    secondsPerImage: input.seconds / count,
    confusion,
    perClass,
    perGroup: accuracyBy(confusion, classes, (label) => input.classGroups[label]!),
    perSuperclass: accuracyBy(confusion, classes, (label) => input.superclassOf[label]!),
  };
}

/** Number of classes with a larger logit (ties: lower labels first), and the class with the largest. */
function rankOf(row: Float32Array, label: number): { rank: number; predicted: number } {
  let rank = 0;
  let predicted = 0;
  const own = row[label]!;
  for (let other = 0; other < row.length; other++) {
    const value = row[other]!;
    if (value > own || (value === own && other < label)) rank++;
    if (value > row[predicted]!) predicted = other;
  }
  return { rank, predicted };
}

/** -log softmax(row)[label], in nats. */
function crossEntropy(row: Float32Array, label: number): number {
  const largest = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  let sum = 0;
  for (const value of row) sum += Math.exp(value - largest);
  return Math.log(sum) + largest - row[label]!;
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
