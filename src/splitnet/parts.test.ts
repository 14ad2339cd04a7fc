import { expect, test } from "vitest";
import { ShapeError } from "../base/errors";
import { normals, randomStream } from "../base/random";
import { exampleNetwork } from "../export/testing";
import { totalCost } from "../model/cost";
import { layerParameters } from "../model/parameters";
import { runNetwork } from "../reference/network";
import { type Tensor64, tensor64, widen } from "../reference/tensor64";
import { allParts, leafParts, type NetworkPart, networkParts, pathTo } from "./parts";
import { splitTree } from "./savings";

type Case = Parameters<typeof exampleNetwork>[0];
const CASES: Record<string, Case> = {
  "an even 2-2-2": { grouping: "2-2-2", blockOrder: "pre-activation", sizes: "even", classes: 6 },
  "an uneven 2-4-4": { grouping: "2-4-4", blockOrder: "pre-activation", sizes: "uneven", classes: 9 },
  "a 3-3-3": { grouping: "3-3-3", blockOrder: "pre-activation", sizes: "uneven", classes: 7 },
  "an uneven 2-3-5, whose groups are merged in two steps": {
    grouping: "2-3-5",
    blockOrder: "pre-activation",
    sizes: "uneven",
    classes: 11,
  },
  "a 1-1-4, which hands over pooled channels": {
    grouping: "1-1-4",
    blockOrder: "pre-activation",
    sizes: "uneven",
    classes: 9,
    dropout: true,
  },
  "a post-activation 2-4-4 of two units a stage": {
    grouping: "2-4-4",
    blockOrder: "post-activation",
    sizes: "uneven",
    classes: 9,
    residualUnits: 2,
  },
  "an unsplit network": { grouping: "1-1-1", blockOrder: "pre-activation", sizes: "even", classes: 5 },
};

function taken(options: Case) {
  const { dense, plan, network } = exampleNetwork(options);
  return { plan, network, root: networkParts(plan, splitTree(dense, plan), network) };
}

test.each(Object.keys(CASES))("the parts of %s give together what it gives whole", (name) => {
  const { network, root } = taken(CASES[name]!);
  const images = tensor64([2, 32, 32, 3], normals(randomStream(3, "sample"), 2 * 3072, 1, 1));
  const whole = runNetwork(network.spec, widened(network), images, { kind: "inference" }).logits;
  const classes = network.classOrder.length;
  const logits = new Float64Array(2 * classes);
  const run = (part: NetworkPart, input: Tensor64): void => {
    const output = runNetwork(part.spec, widened(part.tensors), input, { kind: "inference" }).activations.get(part.output)!;
    part.classes?.forEach((label, position) => {
      for (const image of [0, 1]) logits[image * classes + label] = output.data[image * part.classes!.length + position]!;
    });
    for (const child of part.children) run(child, channels(output, child.takes!));
  };
  run(root, images);
  network.classOrder.forEach((label, position) => {
    for (const image of [0, 1]) expect(logits[image * classes + label]).toBeCloseTo(whole.data[image * classes + position]!, 10);
  });
});

test.each(Object.keys(CASES))("the parts of %s own every parameter, statistic and class once", (name) => {
  const { network, root } = taken(CASES[name]!);
  const parts = allParts(root);
  const count = (tensors: ReadonlyMap<string, { readonly data: Float32Array }>): number =>
    [...tensors.values()].reduce((sum, { data }) => sum + data.length, 0);
  const sum = (read: (part: NetworkPart) => number): number => parts.reduce((total, part) => total + read(part), 0);
  expect(sum(({ tensors }) => count(tensors.parameters))).toBe(count(network.parameters));
  expect(sum(({ tensors }) => count(tensors.statistics))).toBe(count(network.statistics));
  expect(leafParts(root).flatMap(({ classes }) => classes)).toEqual(network.classOrder);
  const costs = parts.map(({ spec }) => totalCost(spec));
  expect(costs.reduce((total, { parameters }) => total + parameters, 0)).toBe(totalCost(network.spec).parameters);
  for (const { spec, tensors } of parts)
    for (const { name: parameter, shape } of layerParameters(spec))
      expect(tensors.parameters.get(parameter)?.shape, parameter).toEqual(shape);
});

test("each child takes its own channels of what its parent hands over, and together they take all", () => {
  for (const options of Object.values(CASES)) {
    for (const { children, spec, output } of allParts(taken(options).root)) {
      let next = 0;
      for (const { takes, spec: own } of children) {
        expect(takes!.start).toBe(next);
        expect(own.layers[0]).toMatchObject({ kind: "input", name: output });
        next += takes!.count;
      }
      const size = spec.spaces.find(({ name }) => name === (children[0]?.spec.layers[0] as { space: string } | undefined)?.space);
      if (children.length > 0) expect(next).toBe(size!.size);
    }
  }
});

test("the path to a leaf begins with the trunk and ends with the leaf", () => {
  const { root } = taken(CASES["an uneven 2-4-4"]!);
  expect(leafParts(root).map((leaf) => pathTo(root, leaf).map(({ label }) => label))).toEqual([
    ["trunk", "branch 1", "branch 1.1"],
    ["trunk", "branch 1", "branch 1.2"],
    ["trunk", "branch 2", "branch 2.1"],
    ["trunk", "branch 2", "branch 2.2"],
  ]);
});

test("a level that reads two layers of the level above is refused", () => {
  const { dense, plan, network } = exampleNetwork(CASES["an even 2-2-2"]!);
  const layers = plan.spec.layers.map((layer) =>
    layer.name === "unit_2_0/shortcut" && layer.kind === "conv" ? { ...layer, input: "unit_1_0/add" } : layer,
  );
  const changed = { ...plan, spec: { ...plan.spec, layers } };
  expect(() => networkParts(changed, splitTree(dense, plan), network)).toThrow(ShapeError);
});

function widened(tensors: Pick<NetworkPart["tensors"], "parameters" | "statistics">) {
  return { parameters: widen(tensors.parameters), statistics: widen(tensors.statistics) };
}

/** Consecutive channels of the last axis. */
function channels({ shape, data }: Tensor64, { start, count }: { readonly start: number; readonly count: number }): Tensor64 {
  const size = shape.at(-1)!;
  const picked = Array.from({ length: (data.length / size) * count }, (_, index) => {
    const [row, channel] = [Math.floor(index / count), index % count];
    return data[row * size + start + channel]!;
  });
  return tensor64([...shape.slice(0, -1), count], picked);
}
