import * as ort from "onnxruntime-web";
import { expect, test } from "vitest";
import { ShapeError } from "../base/errors";
import { normals, randomStream } from "../base/random";
import { WEIGHT_VARIANTS } from "../model/weight-variant";
import { leafParts, networkParts } from "../splitnet/parts";
import { splitTree } from "../splitnet/savings";
import { onnxModel } from "./onnx";
import { onnxOfClasses } from "./onnx-parts";
import type { ExportNetwork } from "./portable";
import { quantised, roundedWeights } from "./small-weights";
import { exampleNetwork } from "./testing";

ort.env.wasm.numThreads = 1;

const { dense, plan, network } = exampleNetwork({
  ...{ grouping: "2-4-4", blockOrder: "pre-activation", sizes: "uneven", classes: 9 },
});
const IMAGES = 3;
const image = new ort.Tensor("float32", normals(randomStream(3, "sample"), IMAGES * 3072, 1, 1), [IMAGES, 3, 32, 32]);

async function logitsOf(bytes: Uint8Array): Promise<number[]> {
  const session = await ort.InferenceSession.create(bytes);
  const { logits } = await session.run({ image });
  await session.release();
  return Array.from(logits!.data, Number);
}

/** Largest difference, of the largest logit. */
function difference(actual: readonly number[], expected: readonly number[]): number {
  expect(actual.length).toBe(expected.length);
  return Math.max(...expected.map((value, at) => Math.abs(value - actual[at]!))) / Math.max(...expected.map(Math.abs));
}

test.each(WEIGHT_VARIANTS)(
  "ONNX Runtime computes with %s weights what the network with rounded weights computes",
  async (variant) => {
    const rounded: ExportNetwork = { ...network, parameters: roundedWeights(network.parameters, variant) };
    const small = await logitsOf(onnxModel(network, variant));
    // The same float32 weights in another order of sums at most.
    expect(difference(small, await logitsOf(onnxModel(rounded)))).toBeLessThan(1e-5);
    const apart = difference(small, await logitsOf(onnxModel(network)));
    expect(apart).toBeGreaterThan(1e-5);
    expect(apart).toBeLessThan(variant === "float16" ? 5e-3 : 0.2);
  },
);

test("float16 weights are half the size of float32 ones, int8 weights a quarter", () => {
  const weights = [...network.parameters.values()].filter(({ shape }) => shape.length > 1);
  const elements = weights.reduce((sum, { data }) => sum + data.length, 0);
  const [whole, half, quarter] = [null, ...WEIGHT_VARIANTS].map((variant) => onnxModel(network, variant).length);
  // Names of nodes come to some 150 bytes a weight, scales to 4 bytes an output channel.
  const names = 150 * weights.length;
  expect(Math.abs(whole! - half! - 2 * elements)).toBeLessThan(names);
  const scales = weights.reduce((sum, { shape }) => sum + 4 * shape.at(-1)!, 0);
  expect(Math.abs(whole! - quarter! - 3 * elements + scales)).toBeLessThan(2 * names);
});

test("only these classes in float16 are those columns of the whole in float16", async () => {
  const root = networkParts(plan, splitTree(dense, plan), network);
  const classes = [leafParts(root)[3]!.classes![0]!, leafParts(root)[0]!.classes![0]!];
  const whole = await logitsOf(onnxModel(network, "float16"));
  const expected = Array.from({ length: IMAGES }, (_, index) => classes.map((label) => whole[index * 9 + label]!)).flat();
  expect(difference(await logitsOf(onnxOfClasses(root, classes, "float16")), expected)).toBeLessThan(1e-5);
});

test("vectors keep every bit, weights the nearest value of their form", () => {
  const half = roundedWeights(network.parameters, "float16");
  const byte = roundedWeights(network.parameters, "int8");
  for (const [name, { shape, data }] of network.parameters) {
    if (shape.length < 2) {
      expect([half.get(name), byte.get(name)]).toEqual([network.parameters.get(name), network.parameters.get(name)]);
      continue;
    }
    const channels = shape.at(-1)!;
    const { scales } = quantised(data, channels, (index) => index % channels);
    data.forEach((weight, index) => {
      // Halves have 11 significant bits, and are multiples of 2^-24 at least.
      const half16 = Math.max(2 ** -11 * Math.abs(weight), 2 ** -25);
      expect(Math.abs(half.get(name)!.data[index]! - weight)).toBeLessThanOrEqual(half16);
      expect(Math.abs(byte.get(name)!.data[index]! - weight)).toBeLessThanOrEqual(0.5000001 * scales[index % channels]!);
    });
  }
});

test("quantising uses the whole range of every channel, keeps zeros, and knows a channel of zeros alone", () => {
  const { values, scales } = quantised(Float32Array.of(1.27, 0, -0.63, 0, 0.01, 0), 2, (index) => index % 2);
  expect([...values]).toEqual([127, 0, -63, 0, 1, 0]);
  expect([...scales]).toEqual([Math.fround(Math.fround(1.27) / 127), 1]);
});

test("weights beyond the range of half precision are refused by name", () => {
  const name = "unit_3_0/conv_1/block_1/kernel";
  const { shape, data } = network.parameters.get(name)!;
  const parameters = new Map(network.parameters).set(name, {
    shape,
    data: data.map((value, index) => (index === 5 ? 7e4 : value)),
  });
  expect(() => onnxModel({ ...network, parameters }, "float16")).toThrow(ShapeError);
  expect(() => onnxModel({ ...network, parameters }, "float16")).toThrow(/unit_3_0.conv_1.block_1.weight: 70000 has no half/);
});
