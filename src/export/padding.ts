/** Rows or columns of zeros before and after an axis. */
export interface Padding {
  readonly before: number;
  readonly after: number;
}

/**
 * TensorFlow SAME padding of one axis: ceil(size / stride) outputs, the odd zero after the data.
 * A 3 x 3 kernel with stride 2 on 32 pixels pads 0 before and 1 after, unlike the symmetric 1 and 1 of other frameworks.
 */
export function samePadding(size: number, kernelSize: number, stride: number): Padding {
  const outputs = Math.ceil(size / stride);
  const total = Math.max((outputs - 1) * stride + kernelSize - size, 0);
  const before = Math.floor(total / 2);
  return { before, after: total - before };
}
