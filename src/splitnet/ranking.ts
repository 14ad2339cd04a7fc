/** Mean cross-entropy in nats and the shares of images whose class is the first, or among the first five. */
export interface RankedAccuracy {
  readonly loss: number;
  readonly top1: number;
  readonly top5: number;
}

/** Accuracy of logits [count, classes] against labels [count]. */
export function rankedAccuracy(logits: Float32Array, labels: Uint8Array): RankedAccuracy {
  const count = labels.length;
  const classes = logits.length / count;
  let loss = 0;
  let first = 0;
  let firstFive = 0;
  labels.forEach((label, image) => {
    const row = logits.subarray(image * classes, (image + 1) * classes);
    const { rank } = rankOf(row, label);
    loss += crossEntropyOf(row, label);
    if (rank === 0) first++;
    if (rank < 5) firstFive++;
  });
  return { loss: loss / count, top1: first / count, top5: firstFive / count };
}

/** Number of classes with a larger logit (ties: lower labels first), and the class with the largest. */
export function rankOf(row: Float32Array, label: number): { readonly rank: number; readonly predicted: number } {
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
export function crossEntropyOf(row: Float32Array, label: number): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (const value of row) largest = Math.max(largest, value);
  let sum = 0;
  for (const value of row) sum += Math.exp(value - largest);
  return Math.log(sum) + largest - row[label]!;
}
