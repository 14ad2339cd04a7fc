import * as ort from "onnxruntime-web";
import { expect, test } from "vitest";
import { ShapeError } from "../base/errors";
import { normals, randomStream } from "../base/random";
import { allParts, leafParts, type NetworkPart, networkParts } from "../splitnet/parts";
import { splitTree } from "../splitnet/savings";
import { onnxModel } from "./onnx";
import { inputName, onnxMerge, onnxOfClasses, onnxPart } from "./onnx-parts";
import { type ExampleOptions, exampleNetwork } from "./testing";

ort.env.wasm.numThreads = 1;

const CASES: Record<string, ExampleOptions> = {
  "an even 2-2-2": { grouping: "2-2-2", blockOrder: "pre-activation", sizes: "even", classes: 6 },
  "an uneven 2-4-4": { grouping: "2-4-4", blockOrder: "pre-activation", sizes: "uneven", classes: 9 },
  "a 3-3-3": { grouping: "3-3-3", blockOrder: "pre-activation", sizes: "uneven", classes: 7 },
  "a 1-1-4, which hands over pooled channels": { grouping: "1-1-4", blockOrder: "pre-activation", sizes: "uneven", classes: 9 },
  "a post-activation 2-3-5": { grouping: "2-3-5", blockOrder: "post-activation", sizes: "uneven", classes: 11 },
  "an unsplit network": { grouping: "1-1-1", blockOrder: "pre-activation", sizes: "even", classes: 5 },
};
const IMAGES = 3;
const image = new ort.Tensor("float32", normals(randomStream(3, "sample"), IMAGES * 3072, 1, 1), [IMAGES, 3, 32, 32]);

test.each(Object.keys(CASES))(
  "trunk, branches and merge of %s give what the whole gives, each in a session of its own",
  async (name) => {
    const { root, whole } = await example(CASES[name]!);
    const values: Record<string, ort.Tensor> = { image };
    for (const part of allParts(root)) Object.assign(values, await run(onnxPart(part), values));
    const { logits } = await run(onnxMerge(root), values);
    expectSame(logits!, whole);
  },
);

test.each(Object.keys(CASES))("the path to each leaf of %s gives the logits of its classes", async (name) => {
  const { root, whole } = await example(CASES[name]!);
  for (const { classes } of leafParts(root)) {
    const { logits } = await run(onnxOfClasses(root, classes!), { image });
    expectSame(logits!, columns(whole, classes!));
  }
});

test("some of the classes, in any order, cost the branches that decide them and no others", async () => {
  const { root, whole } = await example(CASES["an uneven 2-4-4"]!);
  const [first, , , last] = leafParts(root).map(({ classes }) => classes!);
  const chosen = [last![0]!, first![0]!];
  const bytes = onnxOfClasses(root, chosen);
  expectSame((await run(bytes, { image })).logits!, columns(whole, chosen));
  const text = new TextDecoder("latin1").decode(bytes);
  expect(text).toContain("branch_2_2.logits.fc.weight");
  expect(text).not.toContain("branch_1_2.logits.fc.weight");
  expect(text).toContain(JSON.stringify(chosen));
});

test("classes that the network does not have, one twice, or none are refused", async () => {
  const { root } = await example(CASES["an even 2-2-2"]!);
  for (const classes of [[6], [1, 1], [0, -1], []]) expect(() => onnxOfClasses(root, classes)).toThrow(ShapeError);
});

async function example(options: ExampleOptions): Promise<{ readonly root: NetworkPart; readonly whole: ort.Tensor }> {
  const { dense, plan, network } = exampleNetwork(options);
  const { logits } = await run(onnxModel(network), { image });
  return { root: networkParts(plan, splitTree(dense, plan), network), whole: logits! };
}

/** Gives the graph the inputs it names. */
async function run(
  bytes: Uint8Array,
  values: Readonly<Record<string, ort.Tensor>>,
): Promise<Readonly<Record<string, ort.Tensor>>> {
  const session = await ort.InferenceSession.create(bytes);
  const output = await session.run(Object.fromEntries(session.inputNames.map((name) => [name, values[name]!])));
  await session.release();
  return output;
}

function columns(logits: ort.Tensor, classes: readonly number[]): ort.Tensor {
  const all = logits.dims[1]!;
  const picked = Array.from({ length: IMAGES * classes.length }, (_, index) =>
    Number(logits.data[Math.floor(index / classes.length) * all + classes[index % classes.length]!]),
  );
  return new ort.Tensor("float32", picked, [IMAGES, classes.length]);
}

/** The same sums in the same order, but for where blocks lie in memory. */
function expectSame(actual: ort.Tensor, expected: ort.Tensor): void {
  expect(actual.dims).toEqual(expected.dims);
  const largest = Math.max(...Array.from(expected.data, Number).map(Math.abs));
  expect(largest).toBeGreaterThan(0.1);
  Array.from(expected.data, Number).forEach((value, index) => {
    expect(Math.abs(Number(actual.data[index]) - value) / largest, `logit ${index}`).toBeLessThan(1e-5);
  });
}

test("what a part gives has the names that the parts below take", async () => {
  const { root } = await example(CASES["an uneven 2-4-4"]!);
  for (const part of allParts(root)) {
    const session = await ort.InferenceSession.create(onnxPart(part));
    expect(session.inputNames).toEqual([inputName(part)]);
    if (part.children.length > 0) expect(session.outputNames).toEqual(part.children.map(inputName));
    await session.release();
  }
});
