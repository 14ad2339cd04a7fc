import { backend_util, engine, tensor4d } from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { conv2dKernelGradient, samePadding } from "../reference/conv2d";
import { randomTensor } from "../reference/testing";
import { type OpenDevice, openDevice } from "./device";
import { filterGradient } from "./filter-gradient";

let device: OpenDevice;
beforeAll(async () => {
  device = await openDevice(navigator.gpu);
});
afterAll(() => device.close());

// [batch, height, width, in, out, kernel, stride]: block edges (8), vector edges (4), uneven groups, several slices, the first convolution.
test.each([
  [1, 5, 7, 8, 8, 3, 1],
  [2, 8, 8, 16, 12, 3, 1],
  [3, 7, 5, 4, 20, 3, 2],
  [2, 8, 8, 7, 9, 3, 1],
  [2, 6, 6, 9, 16, 3, 2],
  [3, 16, 16, 3, 16, 3, 1],
  [2, 8, 8, 24, 40, 1, 2],
  [1, 4, 4, 5, 3, 1, 1],
  [1, 1, 1, 1, 1, 3, 1],
])(
  "the filter gradient of %i x %i x %i, %i to %i channels, %i x %i agrees with the float64 oracle",
  async (batch, height, width, inputs, outputs, size, stride) => {
    const [rows, columns] = [samePadding(height, size, stride), samePadding(width, size, stride)];
    const x = randomTensor([batch, height, width, inputs], 1);
    const dy = randomTensor([batch, rows.extent, columns.extent, outputs], 2);
    const geometry = backend_util.computeConv2DInfo(
      [batch, height, width, inputs],
      [size, size, inputs, outputs],
      stride,
      1,
      "same",
    );
    const onDevice = [x, dy].map(({ shape, data }) =>
      tensor4d(Float32Array.from(data), shape as [number, number, number, number]),
    );
    const gradient = engine().makeTensorFromTensorInfo(filterGradient(onDevice[0]!, onDevice[1]!, geometry));
    const actual = await gradient.data();
    const expected = conv2dKernelGradient(x, dy, [size, size, inputs, outputs], stride).data;
    const largest = Math.max(...Array.from(expected, Math.abs));
    expect(gradient.shape).toEqual([size, size, inputs, outputs]);
    // Up to 768 float32 products a sum.
    for (let i = 0; i < expected.length; i++) expect(Math.abs(actual[i]! - expected[i]!)).toBeLessThanOrEqual(2e-6 * largest);
  },
);
