import { type Tensor64, tensor64 } from "./tensor64";

/** Mean over the batch of -log softmax(logits)[label], in nats; logits [n, classes]. */
export function crossEntropy(logits: Tensor64, labels: ArrayLike<number>): number {
  const [batch, classes] = [logits.shape[0]!, logits.shape[1]!];
  let sum = 0;
  for (let b = 0; b < batch; b++) {
    const row = logits.data.subarray(b * classes, (b + 1) * classes);
    sum += logSumExp(row) - row[labels[b]!]!;
  }
  return sum / batch;
}

/** dlogits = (softmax(logits) - one-hot(label)) / n. */
export function crossEntropyGradient(logits: Tensor64, labels: ArrayLike<number>): Tensor64 {
  const [batch, classes] = [logits.shape[0]!, logits.shape[1]!];
  const gradient = tensor64(logits.shape);
  for (let b = 0; b < batch; b++) {
    const row = logits.data.subarray(b * classes, (b + 1) * classes);
    const normaliser = logSumExp(row);
    for (let k = 0; k < classes; k++) {
      gradient.data[b * classes + k] = (Math.exp(row[k]! - normaliser) - (labels[b] === k ? 1 : 0)) / batch;
    }
  }
  return gradient;
}

function logSumExp(row: Float64Array): number {
  const largest = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  let sum = 0;
  for (const value of row) sum += Math.exp(value - largest);
  return largest + Math.log(sum);
}
