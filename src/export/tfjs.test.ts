import "@tensorflow/tfjs-backend-cpu";
import { expect, test } from "vitest";
import { columns, largestDifference, oracleLogits } from "../../tests/support/network-oracle";
import { loadedModel, madeFiles, predicted } from "../../tests/support/tfjs";
import { ShapeError } from "../base/errors";
import { normals, randomStream } from "../base/random";
import { sizeOf } from "../base/tensor";
import { BATCH_NORM_EPSILON } from "../model/spec";
import { leafParts, type NetworkPart, networkParts } from "../splitnet/parts";
import { splitTree } from "../splitnet/savings";
import type { ExportNetwork } from "./portable";
import { type ExampleOptions, exampleNetwork } from "./testing";
import { tfjsFiles } from "./tfjs";

const CASES: Record<string, ExampleOptions> = {
  "an even 2-2-2": { grouping: "2-2-2", blockOrder: "pre-activation", sizes: "even", classes: 6 },
  "an uneven 2-4-4": { grouping: "2-4-4", blockOrder: "pre-activation", sizes: "uneven", classes: 9 },
  "a 3-3-3": { grouping: "3-3-3", blockOrder: "pre-activation", sizes: "uneven", classes: 7 },
  "a 1-1-4, which hands over pooled channels": { grouping: "1-1-4", blockOrder: "pre-activation", sizes: "uneven", classes: 9 },
  "a post-activation 2-3-5": { grouping: "2-3-5", blockOrder: "post-activation", sizes: "uneven", classes: 11 },
  "a 2-2-2 with dropout layers": { grouping: "2-2-2", blockOrder: "pre-activation", sizes: "uneven", classes: 6, dropout: true },
  "an unsplit network": { grouping: "1-1-1", blockOrder: "pre-activation", sizes: "even", classes: 5 },
};
const IMAGES = 2;
const PIXELS = normals(randomStream(3, "sample"), IMAGES * 3072, 1, 1);
/**
 * Of the largest logit. Float32 sums of some 20 layers differ from the float64 oracle by 3e-7 at most (256 images, this backend); Keras' own epsilon of
 * 1e-3 moves logits by 3e-3, a share of the channels that begins one too early by 5e-3 or more.
 */
const TOLERANCE = 1e-4;

test.each(Object.keys(CASES))("TensorFlow.js gives the float64 logits of %s, in class order", async (name) => {
  const { root, network } = example(name);
  await expectLogits(root, undefined, oracleLogits(network, PIXELS), network.classOrder.length);
});

test("one leaf alone gives the logits of its classes, and chosen classes come in the order given", async () => {
  const { root, network } = example("an uneven 2-4-4");
  const [first, , , last] = leafParts(root).map(({ classes }) => classes!);
  for (const classes of [last!, [last![0]!, first![0]!]]) {
    await expectLogits(root, classes, columns(oracleLogits(network, PIXELS), network.classOrder.length, classes), classes.length);
  }
});

test("branches that decide none of the chosen classes are left out", async () => {
  const { root } = example("an uneven 2-4-4");
  const names = (await description(root, leafParts(root)[3]!.classes!)).modelTopology.config.layers.map(({ name }) => name);
  expect(names).toContain("branch_2_2.logits.fc");
  expect(names.filter((name) => name.startsWith("branch_1") || name.startsWith("branch_2_1") || name === "merge")).toEqual([]);
});

test("classes that the network does not have, one twice, or none are refused", () => {
  const { root } = example("an even 2-2-2");
  for (const classes of [[6], [1, 1], [0, -1], []]) expect(() => tfjsFiles(root, classes)).toThrow(ShapeError);
});

test("every layer is one of Keras, and the batch norms have our epsilon and not Keras'", async () => {
  const { layers } = (await description(example("a 1-1-4, which hands over pooled channels").root)).modelTopology.config;
  expect(new Set(layers.map((layer) => layer.class_name))).toEqual(
    new Set([
      ...["InputLayer", "Conv2D", "BatchNormalization", "Activation", "Add", "GlobalAveragePooling2D"],
      ...["Reshape", "Cropping2D", "Dense", "Concatenate"],
    ]),
  );
  const norms = layers.filter((layer) => layer.class_name === "BatchNormalization");
  expect(norms.length).toBeGreaterThan(0);
  for (const { config } of norms) expect(config).toMatchObject({ epsilon: BATCH_NORM_EPSILON, momentum: 0.9 });
});

test("classes that stand in order already cost no layer", async () => {
  const { root } = example("an unsplit network");
  const { layers, output_layers: output } = (await description(root)).modelTopology.config;
  expect(output).toEqual([["logits.fc", 0, 0]]);
  expect(layers.at(-1)!.name).toBe("logits.fc");
});

test("weights larger than a shard are cut at 4 MiB wherever that falls, in the order of the manifest", async () => {
  const { root } = example("an even 2-2-2");
  const kernel = { shape: [3, 3, 512, 300], data: Float32Array.from({ length: 9 * 512 * 300 }, (_, index) => index) };
  const [name] = root.tensors.parameters.keys();
  const parameters = new Map([...root.tensors.parameters, [name!, kernel]]);
  const files = await madeFiles(tfjsFiles({ ...root, tensors: { ...root.tensors, parameters } }));
  const shards = [...files.values()].slice(1);
  expect([...files.keys()].slice(1)).toEqual(["group1-shard1of2.bin", "group1-shard2of2.bin"]);
  expect(shards[0]!.length).toBe(4 << 20);
  const bytes = Buffer.concat(shards);
  expect(Buffer.compare(bytes.subarray(0, kernel.data.byteLength), Buffer.from(kernel.data.buffer))).toBe(0);
  const { weights } = manifestOf(files)[0]!;
  const sizes = weights.map(({ shape }) => 4 * sizeOf(shape));
  expect(weights[0]).toEqual({ name: "init_conv/kernel", shape: kernel.shape, dtype: "float32" });
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(bytes.length);
});

interface Description {
  readonly modelTopology: {
    readonly config: {
      readonly layers: readonly { readonly name: string; readonly class_name: string; readonly config: object }[];
      readonly output_layers: unknown;
    };
  };
  readonly weightsManifest: readonly { readonly weights: readonly { readonly name: string; readonly shape: number[] }[] }[];
}

async function description(root: NetworkPart, classes?: readonly number[]): Promise<Description> {
  return parsed(await madeFiles(tfjsFiles(root, classes)));
}

function parsed(files: ReadonlyMap<string, Uint8Array>): Description {
  return JSON.parse(new TextDecoder().decode(files.get("model.json")));
}

function manifestOf(files: ReadonlyMap<string, Uint8Array>): Description["weightsManifest"] {
  return parsed(files).weightsManifest;
}

function example(name: string): { readonly root: NetworkPart; readonly network: ExportNetwork } {
  const { dense, plan, network } = exampleNetwork(CASES[name]!);
  return { root: networkParts(plan, splitTree(dense, plan), network), network };
}

async function expectLogits(
  root: NetworkPart,
  classes: readonly number[] | undefined,
  expected: readonly number[],
  count: number,
): Promise<void> {
  const model = await loadedModel(await madeFiles(tfjsFiles(root, classes)));
  expect(model.inputs[0]!.shape).toEqual([null, 32, 32, 3]);
  const { shape, logits } = await predicted(model, PIXELS);
  model.dispose();
  expect(shape).toEqual([IMAGES, count]);
  expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(0.1);
  expect(largestDifference(logits, expected)).toBeLessThan(TOLERANCE);
  expect(best(logits, count)).toEqual(best(expected, count));
}

/** Position of the largest of every row. */
function best(logits: ArrayLike<number>, count: number): number[] {
  const rows = Array.from({ length: logits.length / count }, (_, row) =>
    Array.from(logits).slice(row * count, (row + 1) * count),
  );
  return rows.map((row) => row.indexOf(Math.max(...row)));
}
