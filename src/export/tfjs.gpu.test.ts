import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { largestDifference, oracleLogits } from "../../tests/support/network-oracle";
import { loadedModel, madeFiles, predicted } from "../../tests/support/tfjs";
import { normals, randomStream } from "../base/random";
import { type OpenDevice, openDevice } from "../kernels/device";
import { takeStockKernels } from "../kernels/stock/backend";
import { networkParts } from "../splitnet/parts";
import { splitTree } from "../splitnet/savings";
import { exampleNetwork } from "./testing";
import { tfjsFiles } from "./tfjs";

let device: OpenDevice;
beforeAll(async () => {
  device = await openDevice(navigator.gpu);
  await takeStockKernels(device);
});
afterAll(() => device.close());

test.each(["2-4-4", "1-1-4"])("TensorFlow.js gives the float64 logits of an uneven %s on WebGPU as well", async (grouping) => {
  const { dense, plan, network } = exampleNetwork({ grouping, blockOrder: "pre-activation", sizes: "uneven", classes: 9 });
  const model = await loadedModel(await madeFiles(tfjsFiles(networkParts(plan, splitTree(dense, plan), network))));
  const pixels = normals(randomStream(3, "sample"), 3072, 1, 1);
  const { logits } = await predicted(model, pixels);
  model.dispose();
  expect(tf.getBackend()).toBe("webgpu");
  // As in tfjs.test.ts; a software adapter is off by 3e-7.
  expect(largestDifference(logits, oracleLogits(network, pixels))).toBeLessThan(1e-4);
});
