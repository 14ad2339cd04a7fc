import { type Tensor64, tensor64 } from "./tensor64";

/** Mean over height and width: [n, h, w, c] to [n, c]. */
export function globalMean(x: Tensor64): Tensor64 {
  const [batch, channels] = [x.shape[0]!, x.shape[3]!];
  const y = tensor64([batch, channels]);
  const pixels = x.shape[1]! * x.shape[2]!;
  for (let i = 0; i < x.data.length; i++) {
    const target = Math.floor(i / (pixels * channels)) * channels + (i % channels);
    y.data[target] = y.data[target]! + x.data[i]! / pixels;
  }
  return y;
}

/** dx[b, i, j, c] = dy[b, c] / (h w). */
export function globalMeanGradient(dy: Tensor64, inputShape: readonly number[]): Tensor64 {
  const channels = inputShape[3]!;
  const pixels = inputShape[1]! * inputShape[2]!;
  const dx = tensor64(inputShape);
  for (let i = 0; i < dx.data.length; i++) {
    dx.data[i] = dy.data[Math.floor(i / (pixels * channels)) * channels + (i % channels)]! / pixels;
  }
  return dx;
}
