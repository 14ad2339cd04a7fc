import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import * as engine from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type OpenDevice, openDevice } from "../src/kernels/device";
import { takeStockKernels } from "../src/kernels/stock/backend";

let device: OpenDevice;
beforeAll(async () => {
  device = await openDevice(navigator.gpu);
  await takeStockKernels(device);
});
afterAll(() => device.close());

test("the tensor engine multiplies matrices on the device", async () => {
  const a = engine.tensor2d([3, 5, 7, 11, 13, 17], [2, 3]);
  const b = engine.tensor2d([2, 19, 23, 29, 31, 37], [3, 2]);
  const product = engine.matMul(a, b);
  expect(Array.from(await product.data())).toEqual([338, 461, 848, 1215]);
  engine.dispose([a, b, product]);
});

test("engine and backend share one engine, and it computes with the device that was opened", () => {
  expect(engine.getBackend()).toBe("webgpu");
  const backend = engine.backend();
  expect(backend).toBeInstanceOf(WebGPUBackend);
  expect(engine.getKernelsForBackend("webgpu").length).toBeGreaterThan(100);
});
