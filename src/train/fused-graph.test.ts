import { expect, test } from "vitest";
import { parseGrouping } from "../model/grouping";
import type { ModelSpec } from "../model/spec";
import { type BlockOrder, wideResnet } from "../model/wide-resnet";
import { type FusedNode, fuse, fusePart } from "./fused-graph";

function network(blockOrder: BlockOrder, dropout: boolean): ModelSpec {
  return wideResnet({ residualUnits: 2, widen: 2, classes: 5, grouping: parseGrouping("1-2-2"), blockOrder, dropout });
}

/** Layers that a node does. */
function layersOf(spec: ModelSpec, nodes: readonly FusedNode[]): string[] {
  const done: string[] = [];
  for (const node of nodes) {
    const end = spec.layers.findIndex(({ name }) => name === node.output);
    done.push(...spec.layers.slice(done.length + 1, end + 1).map(({ name }) => name));
  }
  return done;
}

test.each([
  ["pre-activation", false],
  ["pre-activation", true],
  ["post-activation", false],
] as const)("every layer of a %s network (dropout: %s) is done by one node, in order", (blockOrder, dropout) => {
  const spec = network(blockOrder, dropout);
  const nodes = fuse(spec);
  expect(layersOf(spec, nodes)).toEqual(spec.layers.slice(1).map(({ name }) => name));
  expect(new Set(nodes.map(({ output }) => output)).size).toBe(nodes.length);
});

test("a residual addition is done by the convolution in front of it", () => {
  const nodes = fuse(network("pre-activation", false));
  expect(nodes.filter(({ kind }) => kind === "add")).toEqual([]);
  expect(nodes.flatMap((node) => (node.kind === "conv" && node.addend !== null ? [[node.layer.name, node.addend]] : []))).toEqual(
    [
      ["unit_1_0/conv_2", "unit_1_0/shortcut"],
      ["unit_1_1/conv_2", "unit_1_0/add"],
      ["unit_2_0/conv_2", "unit_2_0/shortcut"],
      ["unit_2_1/conv_2", "unit_2_0/add"],
      ["unit_3_0/conv_2", "unit_3_0/shortcut"],
      ["unit_3_1/conv_2", "unit_3_0/add"],
    ],
  );
});

test("behind a batch norm the addition is a node of its own, with the ReLU that follows", () => {
  const adds = fuse(network("post-activation", false)).filter(({ kind }) => kind === "add");
  expect(adds.map(({ output }) => output)).toEqual(["unit_3_0/relu_2", "unit_3_1/relu_2"]);
});

test("batch norm, ReLU and dropout are one node; the head takes the last ones, the pool and the dense layer", () => {
  const nodes = fuse(network("pre-activation", true));
  const second = nodes.find((node) => node.kind === "activation" && node.layer.name === "unit_3_0/bn_2");
  expect(second).toMatchObject({ relu: true, dropout: { name: "unit_3_0/dropout_2" }, output: "unit_3_0/dropout_2" });
  expect(nodes.at(-1)).toMatchObject({
    kind: "head",
    norm: { name: "unit_last/bn" },
    dropout: { name: "pool_dropout" },
    dense: { name: "logits/fc" },
    input: "unit_3_1/add",
  });
});

test("a layer that no kernel takes where it stands is refused by name", () => {
  const spec = network("pre-activation", false);
  const layers = spec.layers.map((layer) =>
    layer.kind === "dense" ? ({ kind: "relu", name: "odd", input: "pool" } as const) : layer,
  );
  expect(() => fuse({ ...spec, layers })).toThrow(/odd: a relu layer stands where no kernel takes it/);
});

test("a head cut behind the mean over pixels is two nodes of parts, and of no network that is trained", () => {
  const spec = network("pre-activation", false);
  const [pool, dense] = [spec.layers.find(({ name }) => name === "pool")!, spec.layers.at(-1)!];
  const above = { ...spec, layers: spec.layers.slice(0, -1) };
  expect(fusePart(above).at(-1)).toMatchObject({ kind: "pool", norm: { name: "unit_last/bn" }, output: pool.name });
  const input = { kind: "input", name: pool.name, space: "stage_3", shape: [1, 1, 128] } as const;
  const below = { ...spec, layers: [input, dense] };
  expect(fusePart(below)).toMatchObject([{ kind: "dense", input: pool.name, output: dense.name }]);
  expect(() => fuse(above)).toThrow(/pool: no dense layer follows/);
  expect(() => fuse(below)).toThrow(/a dense layer stands where no kernel takes it/);
});
