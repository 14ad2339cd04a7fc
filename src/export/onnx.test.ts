import * as ort from "onnxruntime-web";
import { expect, test } from "vitest";
import { ShapeError } from "../base/errors";
import { normals, randomStream } from "../base/random";
import { runNetwork } from "../reference/network";
import { tensor64, widen } from "../reference/tensor64";
import { onnxModel } from "./onnx";
import type { ExportNetwork } from "./portable";
import { denseNetwork, type ExampleOptions, exampleNetwork } from "./testing";

ort.env.wasm.numThreads = 1;

const CASES: Record<string, ExampleOptions> = {
  "an even 2-2-2": { grouping: "2-2-2", blockOrder: "pre-activation", sizes: "even", classes: 6 },
  "an uneven 2-2-2": { grouping: "2-2-2", blockOrder: "pre-activation", sizes: "uneven", classes: 7 },
  "an uneven 2-4-4": { grouping: "2-4-4", blockOrder: "pre-activation", sizes: "uneven", classes: 9 },
  "an uneven 1-2-3": { grouping: "1-2-3", blockOrder: "pre-activation", sizes: "uneven", classes: 5 },
  "a post-activation 2-4-4": { grouping: "2-4-4", blockOrder: "post-activation", sizes: "uneven", classes: 9 },
  "a post-activation 2-2-2 of two units a stage": {
    grouping: "2-2-2",
    blockOrder: "post-activation",
    sizes: "even",
    classes: 6,
    residualUnits: 2,
  },
  "a 2-2-2 with dropout layers": { grouping: "2-2-2", blockOrder: "pre-activation", sizes: "uneven", classes: 6, dropout: true },
};

test.each(Object.keys(CASES))("ONNX Runtime gives the float64 logits of %s, in class order", async (name) => {
  await expectSameLogits(exampleNetwork(CASES[name]!).network, [1, 3]);
});

test("ONNX Runtime gives the float64 logits of the unsplit network", async () => {
  const { dense } = exampleNetwork(CASES["an uneven 2-4-4"]!);
  await expectSameLogits(denseNetwork(dense), [2]);
});

test("the examples would notice a class order left as it is", () => {
  const { network } = exampleNetwork(CASES["an uneven 2-4-4"]!);
  expect(network.classOrder).not.toEqual([...network.classOrder].sort((a, b) => a - b));
});

test("a class order that is no permutation is refused", () => {
  const { network } = exampleNetwork(CASES["an even 2-2-2"]!);
  for (const classOrder of [[0, 1, 2, 3, 4], [0, 1, 2, 3, 4, 4], [0, 1, 2, 3, 4, 6], []]) {
    expect(() => onnxModel({ ...network, classOrder })).toThrow(ShapeError);
  }
});

test("tensors of another network are refused by name", () => {
  const { network } = exampleNetwork(CASES["an even 2-2-2"]!);
  const other = exampleNetwork(CASES["an uneven 2-2-2"]!).network;
  expect(() => onnxModel({ ...network, parameters: other.parameters })).toThrow(/unit_2_0\/\w+\/block_0\/kernel: expected shape/);
  expect(() => onnxModel({ ...network, parameters: new Map() })).toThrow(/init_conv\/kernel/);
});

/** Float32 arithmetic of some 20 layers stays within 1e-5 of the largest logit; a wrong pad or order is off by more than 1e-2. */
async function expectSameLogits(network: ExportNetwork, batchSizes: readonly number[]): Promise<void> {
  const session = await ort.InferenceSession.create(onnxModel(network));
  expect(session.inputNames).toEqual(["image"]);
  expect(session.outputNames).toEqual(["logits"]);
  for (const batch of batchSizes) {
    const pixels = normals(randomStream(3, "sample"), batch * 3072, 1, batch);
    const image = new ort.Tensor("float32", planar(pixels, batch), [batch, 3, 32, 32]);
    const output = (await session.run({ image })).logits!;
    const expected = expectedLogits(network, pixels, batch);
    const classes = network.classOrder.length;
    expect(output.dims).toEqual([batch, classes]);
    const actual = Array.from(output.data, Number);
    const largest = Math.max(...expected.map(Math.abs));
    expect(largest).toBeGreaterThan(0.1);
    expected.forEach((value, index) => {
      expect(Math.abs(actual[index]! - value) / largest, `logit ${index}`).toBeLessThan(1e-4);
    });
  }
  await session.release();
}

/** [batch, classes] in class order. */
function expectedLogits(network: ExportNetwork, pixels: Float32Array, batch: number): number[] {
  const state = { parameters: widen(network.parameters), statistics: widen(network.statistics) };
  const { logits } = runNetwork(network.spec, state, tensor64([batch, 32, 32, 3], pixels), { kind: "inference" });
  const { classOrder } = network;
  return Array.from({ length: batch }, (_, image) =>
    classOrder.map((_, label) => logits.data[image * classOrder.length + classOrder.indexOf(label)]!),
  ).flat();
}

/** NHWC to NCHW. */
function planar(pixels: Float32Array, batch: number): Float32Array {
  return Float32Array.from(pixels, (_, index) => {
    const [image, channel, pixel] = [Math.floor(index / 3072), Math.floor(index / 1024) % 3, index % 1024];
    return pixels[image * 3072 + pixel * 3 + channel]!;
  }).subarray(0, batch * 3072);
}
