import { createHash } from "node:crypto";
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { loadLayersModel } from "@tensorflow/tfjs-layers";
import { unzipSync } from "fflate";
import { expect, test } from "vitest";
import { largestDifference, oracleLogits } from "../../tests/support/network-oracle";
import { madeFiles, servedModel } from "../../tests/support/tfjs";
import { normals, randomStream } from "../base/random";
import { splitTree } from "../splitnet/savings";
import { bundleFiles, modelFiles } from "./bundle";
import type { ExportInput } from "./export-input";
import { decodeSafetensors } from "./safetensors";
import { exampleNetwork } from "./testing";
import { bundleInput, exampleSplit } from "./testing-input";
import { zipStream } from "./zip";

const { plan, network } = exampleSplit;

const MODIFIED_AT = Date.UTC(2026, 10, 22);

/** Members of the bundle's zip. */
async function unzipped(input = bundleInput, onFile?: (done: number) => void): Promise<Record<string, Uint8Array>> {
  const options = { modifiedAt: MODIFIED_AT, checksums: true, ...(onFile && { onFile }) };
  return unzipSync(new Uint8Array(await new Response(zipStream(bundleFiles(input), options)).arrayBuffer()));
}

const bytesOf = (name: string, input = bundleInput): Uint8Array => {
  const made = modelFiles(input)
    .find((file) => file.name === name)!
    .make();
  if (made instanceof Promise) throw new Error(`${name} is read from storage`);
  return made;
};
const textOf = (name: string, input = bundleInput): string => new TextDecoder().decode(bytesOf(name, input));
const readme = (input = bundleInput): string => textOf("README.md", input);

test("the zip holds every file byte for byte and the checksums are right", async () => {
  const files = bundleFiles(bundleInput);
  const { SHA256SUMS: sums, ...members } = await unzipped();
  expect(Object.keys(members)).toEqual(files.map((file) => file.name));
  for (const { name, make } of files) expect(Buffer.compare(members[name]!, (await make())!)).toBe(0);
  expect(new TextDecoder().decode(sums).trimEnd().split("\n")).toEqual(
    Object.entries(members).map(([name, bytes]) => `${createHash("sha256").update(bytes).digest("hex")}  ${name}`),
  );
});

test("a file is made when those before it are in the archive, one at a time, and a failure fails the archive", async () => {
  const order: string[] = [];
  const file = (name: string) => ({
    name,
    make: async () => {
      order.push(`begin ${name}`);
      await Promise.resolve();
      order.push(`end ${name}`);
      return new Uint8Array(10);
    },
  });
  const options = { modifiedAt: MODIFIED_AT, checksums: false, onFile: (done: number) => order.push(`${done} done`) };
  await new Response(zipStream([file("a"), file("b")], options)).arrayBuffer();
  expect(order).toEqual(["0 done", "begin a", "end a", "1 done", "begin b", "end b", "2 done"]);
  const broken = {
    name: "c",
    make: () => {
      throw new Error("the disk is gone");
    },
  };
  await expect(new Response(zipStream([file("a"), broken], options)).arrayBuffer()).rejects.toThrow("the disk is gone");
});

test("the same run gives the same bytes, whenever it is exported", async () => {
  const first = await unzipped();
  expect(await unzipped()).toEqual(first);
  expect(textOf("README.md")).toContain("of 2026-11-22");
});

test("every node of the tree is a file, every leaf has its path, and an unsplit network has neither", () => {
  const onnx = (input: ExportInput) =>
    bundleFiles(input).flatMap(({ name }) => (name.startsWith("onnx/") ? [name.slice(5)] : []));
  expect(onnx(bundleInput)).toEqual([
    ...["model.onnx", "trunk.onnx", "branch_1.onnx", "branch_1_1.onnx", "branch_1_2.onnx"],
    ...["branch_2.onnx", "branch_2_1.onnx", "branch_2_2.onnx", "merge.onnx"],
    ...["path_1_1.onnx", "path_1_2.onnx", "path_2_1.onnx", "path_2_2.onnx"],
  ]);
  const whole = exampleNetwork({ grouping: "1-1-1", blockOrder: "pre-activation", sizes: "even", classes: 9 });
  const { parameters, statistics } = whole.network;
  const tree = splitTree(whole.dense, whole.plan);
  expect(onnx({ ...bundleInput, plan: whole.plan, tree, tensors: { parameters, statistics } })).toEqual(["model.onnx"]);
});

test("the weights have PyTorch names and layouts", () => {
  const { tensors, metadata } = decodeSafetensors(bytesOf("model.safetensors"));
  expect(metadata).toMatchObject({ format: "pt", class_order: JSON.stringify(plan.classOrder) });
  const kernel = network.parameters.get("unit_3_0/conv_1/block_2/kernel")!;
  const [height, width, inputs, outputs] = kernel.shape as [number, number, number, number];
  const weight = tensors.get("unit_3_0.conv_1.block_2.weight")!;
  expect(weight.shape).toEqual([outputs, inputs, height, width]);
  expect(inputs).not.toBe(outputs);
  const [y, x, i, o] = [1, 2, inputs - 1, outputs - 2];
  expect(weight.data[((o * inputs + i) * 3 + y) * 3 + x]).toBe(kernel.data[((y * 3 + x) * inputs + i) * outputs + o]);
  expect(tensors.get("unit_last.bn.running_var")!.data).toEqual(network.statistics.get("unit_last/bn/sigma")!.data);
  expect(tensors.get("unit_last.bn.weight")!.data).toEqual(network.parameters.get("unit_last/bn/gamma")!.data);
  expect(tensors.get("logits.fc.block_3.bias")!.data).toEqual(network.parameters.get("logits/fc/block_3/biases")!.data);
  expect(tensors.size).toBe(network.parameters.size + network.statistics.size);
});

test("config.json says how the network is cut, ordered, padded and fed", () => {
  const config = JSON.parse(textOf("config.json"));
  expect(config.architecture.layers.map((layer: { name: string }) => layer.name)).toEqual(
    plan.spec.layers.map((layer) => layer.name),
  );
  const shortcut = config.architecture.layers.find((layer: { name: string }) => layer.name === "unit_3_0/conv_1");
  expect(shortcut.blocks.inputs.length).toBe(4);
  expect(shortcut.padding).toEqual({ top: 0, bottom: 1, left: 0, right: 1 });
  expect(config.classOrder).toEqual(plan.classOrder);
  expect(config.channels.find((row: { space: string }) => row.space === "stage_2").order.toSorted(ascending)).toEqual(
    Array.from({ length: 32 }, (_, channel) => channel),
  );
  expect(config.preprocessing.whitening.guard).toBe(1e-6);
  expect(config.run.seed).toBe(1);
  expect(config.training).toEqual(bundleInput.run.config);
});

test("class groups are disjoint, complete and the same in config.json and classes.csv", () => {
  const { classGroups } = JSON.parse(textOf("config.json"));
  const labels: number[][] = classGroups.map((group: { classes: { label: number }[] }) =>
    group.classes.map(({ label }) => label),
  );
  expect(labels.flat().toSorted(ascending)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(labels.map((group) => group.length)).toEqual(plan.spaces.find((space) => space.space === "classes")!.sizes);
  expect(labels.flat()).toEqual(plan.classOrder);
  const rows = textOf("classes.csv").split("\r\n");
  expect(rows[8]).toMatch(/^7,"h""i",t,\d,branch \d\.\d,\d$/);
  labels.forEach((group, index) => {
    for (const label of group) expect(rows[label + 1]).toMatch(new RegExp(`,${index + 1},branch `));
  });
});

test("the readme never passes sample or unknown data off as the original archive", () => {
  expect(readme()).toContain("procedurally drawn sample data");
  const dataset = { ...bundleInput.dataset, source: "mine.tar.gz" };
  expect(readme({ ...bundleInput, dataset })).toContain("not that of a published archive");
  const original = "the original cifar-100-python.tar.gz";
  expect(readme({ ...bundleInput, dataset: { ...dataset, original } })).toContain(
    `trained on ${original} (the checksum matches)`,
  );
});

test("the readme gives accuracies only where they were measured", () => {
  expect(readme()).toContain("| split | 51.25 % | 97.50 % | 1.2500 | 2.00 ms |");
  expect(readme({ ...bundleInput, evaluation: null })).toContain("Not evaluated before the export.");
  expect(bundleFiles({ ...bundleInput, evaluation: null }).map((file) => file.name)).not.toContain("evaluation.json");
});

test("the readme says when fine-tuning was cut short", () => {
  const run = { ...bundleInput.run, phase: "finetuning" as const, checkpointStep: 50 };
  expect(readme({ ...bundleInput, run })).toContain(`**not fully fine-tuned**: 50 of ${run.config.finetune.steps} steps`);
});

test("class names cannot act as markup in the readme", () => {
  expect(readme()).toContain("a&#124;b");
  expect(readme()).not.toContain("<b>");
  for (const row of readme().split("## Groups")[1]!.split("## Cost")[0]!.trim().split("\n"))
    expect(row.split("|").length).toBe(6);
});

test("the readme's JavaScript whitens an image as the formula says", () => {
  const code = /```js\n(\/\*\*[\s\S]*?)```/.exec(readme())![1]!;
  const rgba = Uint8Array.from({ length: 4096 }, (_, index) => (index * 37 + (index >> 5) * 11) % 256);
  const image: Float32Array = new Function("rgba", `${code}; return whiten(rgba);`)(rgba);
  const green = Array.from({ length: 1024 }, (_, pixel) => rgba[4 * pixel + 1]!);
  const mean = green.reduce((sum, value) => sum + value) / 1024;
  const variance = green.reduce((sum, value) => sum + value * value, 0) / 1024 - mean * mean;
  expect(image.length).toBe(3072);
  expect(image[1024 + 77]).toBeCloseTo((green[77]! - mean) / (Math.sqrt(variance) + 1e-6), 5);
});

test("the readme's TensorFlow.js loads the bundle's files and gives the float64 logits of an image", async () => {
  const blocks = [...readme().matchAll(/```js\n([\s\S]*?)```/g)].map((block) => block[1]!);
  const code = blocks
    .find((block) => block.includes("loadLayersModel"))!
    .replace('import * as tf from "@tensorflow/tfjs";\n', "");
  const files = await madeFiles(modelFiles(bundleInput).filter(({ name }) => name.startsWith("tfjs/")));
  tf.io.registerLoadRouter((path) => servedModel(files, String(path)));
  const whitened = normals(randomStream(3, "sample"), 3072, 1, 1);
  const planar = Float32Array.from(whitened, (_, index) => whitened[(index % 1024) * 3 + Math.floor(index / 1024)]!);
  const run = new Function("tf", "whiten", "rgba", `return (async () => { ${code}; return logits; })();`);
  const logits: Float32Array = await run({ ...tf, loadLayersModel }, () => planar, null);
  // As in tfjs.test.ts.
  expect(largestDifference(logits, oracleLogits(network, whitened))).toBeLessThan(1e-4);
});

function ascending(a: number, b: number): number {
  return a - b;
}

test("the check holds images and logits under the names of the ONNX graph", () => {
  const { tensors } = decodeSafetensors(bytesOf("check.safetensors"));
  expect(tensors.get("image")!.shape).toEqual([2, 3, 32, 32]);
  expect(tensors.get("logits")).toEqual(bundleInput.check.logits);
});
