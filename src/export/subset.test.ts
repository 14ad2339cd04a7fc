import * as ort from "onnxruntime-web";
import { expect, test } from "vitest";
import { leafParts, networkParts } from "../splitnet/parts";
import { keptCost } from "../splitnet/savings";
import { subsetFiles } from "./bundle";
import type { ExportInput } from "./export-input";
import { bundleInput } from "./testing-input";

ort.env.wasm.numThreads = 1;

const { plan, tree, tensors, run } = bundleInput;
const leaves = leafParts(networkParts(plan, tree, tensors));
const TWO_LEAVES = [leaves[2]!.classes!.at(-1)!, leaves[0]!.classes![0]!];
const ONE_LEAF = [...leaves[1]!.classes!];

const ACCURACY = { loss: 0.5, top1: 0.75, top5: 1 };
const MEASURED: ExportInput = {
  ...bundleInput,
  measured: {
    count: 8,
    original: ACCURACY,
    variants: [{ variant: "float16", accuracy: { ...ACCURACY, top1: 0.625 }, sameClass: 0.875 }],
  },
};

function fileOf(name: string, classes: readonly number[], input = MEASURED): Uint8Array {
  const made = subsetFiles(input, classes)
    .find((file) => file.name === name)!
    .make();
  if (made instanceof Promise) throw new Error(`${name} is read from storage`);
  return made;
}
const textOf = (name: string, classes: readonly number[], input = MEASURED) =>
  new TextDecoder().decode(fileOf(name, classes, input));

test("a bundle of some classes holds one graph, its variants, and what to know of them; nothing of the rest", () => {
  expect(subsetFiles(bundleInput, ONE_LEAF).map(({ name }) => name)).toEqual([
    ...["README.md", "config.json", "onnx/subset.onnx", "check.safetensors"],
  ]);
  expect(subsetFiles(MEASURED, ONE_LEAF).map(({ name }) => name)).toContain("onnx/subset_fp16.onnx");
});

test("config.json names the classes in the order of the logits, the parts kept and their cost", () => {
  const config = JSON.parse(textOf("config.json", TWO_LEAVES));
  expect(config.classes).toEqual(TWO_LEAVES.map((label) => ({ label, name: run.classes[label] })));
  expect(config.parts).toEqual(["trunk", "branch 1", "branch 1.1", "branch 2", "branch 2.1"]);
  const { parameters, flops } = keptCost(tree, TWO_LEAVES);
  expect(config.cost).toEqual({
    parameters: { whole: tree.split.parameters, kept: parameters },
    flops: { whole: tree.split.flops, kept: flops },
  });
  expect(parameters).toBeLessThan(tree.split.parameters);
});

test("what is saved is what the graph has fewer weights", () => {
  const all = fileOf("onnx/subset.onnx", plan.classOrder);
  const some = fileOf("onnx/subset.onnx", ONE_LEAF);
  const saved = 4 * (tree.split.parameters - keptCost(tree, ONE_LEAF).parameters);
  // Batch norms of the branches left out, names and nodes come on top.
  expect(all.length - some.length).toBeGreaterThan(saved);
  expect(all.length - some.length).toBeLessThan(1.5 * saved);
});

test("the card says what is left out and what the accuracy means", () => {
  const card = textOf("README.md", TWO_LEAVES);
  expect(card).toContain(`: 2 of ${run.classes.length} classes`);
  expect(card).toContain("2 of 4 leaves of the tree");
  expect(card).toContain(
    `| 0 | ${run.classes[TWO_LEAVES[0]!]!.replaceAll("|", "&#124;").replaceAll("<", "&#60;").replaceAll(">", "&#62;").replaceAll("`", "&#96;")} |`,
  );
  expect(card).toContain("Parts kept: trunk, branch 1, branch 1.1, branch 2, branch 2.1.");
  expect(card).toContain("On the 8 test images of these 2 classes, deciding among them alone: top-1 75.00 %");
  expect(card).toContain("| float16 | 62.50 % | 100.00 % | 0.5000 | 87.50 % |");
  expect(textOf("README.md", TWO_LEAVES, bundleInput)).toContain("has no test image of these classes");
});

test("the graph gives one logit a class", async () => {
  const session = await ort.InferenceSession.create(fileOf("onnx/subset_fp16.onnx", TWO_LEAVES));
  const image = new ort.Tensor("float32", new Float32Array(3072).fill(0.25), [1, 3, 32, 32]);
  expect((await session.run({ image })).logits!.dims).toEqual([1, 2]);
  await session.release();
});
