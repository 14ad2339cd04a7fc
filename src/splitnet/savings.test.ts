import { expect, test } from "vitest";
import { sumCosts, totalCost } from "../model/cost";
import { parseGrouping } from "../model/grouping";
import { groupedSpaces } from "../model/lookup";
import type { ModelSpec } from "../model/spec";
import { wideResnet } from "../model/wide-resnet";
import type { Partitions } from "./partition";
import { planSplit } from "./plan";
import { keptCost, keptNodes, splitTree } from "./savings";
import type { TreeNode } from "./tree";

function network(grouping: string, classes = 100, widen = 8): ModelSpec {
  return wideResnet({
    residualUnits: 2,
    widen,
    classes,
    grouping: parseGrouping(grouping),
    blockOrder: "pre-activation",
    dropout: false,
  });
}

/** Group of member i is floor(i G / size): as even as it comes. */
function even(spec: ModelSpec): Partitions {
  return new Map(
    groupedSpaces(spec).map(({ name, size, groups }) => [
      name,
      { groups, groupOf: Array.from({ length: size }, (_, member) => Math.floor((member * groups) / size)) },
    ]),
  );
}

// splitnet.md 4: the published counting rule. Rows whose group sizes divide evenly are exact.
test.each([
  ["1-1-4", 10_961_508, 3_095_422_152],
  ["1-2-2", 6_780_004, 2_558_576_840],
  ["2-2-2", 5_731_428, 2_021_705_928],
  ["2-4-4", 3_621_476, 1_753_244_872],
  ["2-2-4", 5_718_628, 2_021_680_328],
  ["4-4-4", 3_097_188, 1_484_809_416],
])("WRN-16-8 split evenly as %s has the published counts", (grouping, parameters, flops) => {
  const spec = network(grouping);
  expect(totalCost(spec)).toEqual({ parameters: 10_999_908, flops: 3_095_498_952 });
  const tree = splitTree(spec, planSplit(spec, even(spec)));
  expect(tree.split).toEqual({ parameters, flops });
  expect(sum(tree.root)).toEqual(tree.split);
});

function sum(node: TreeNode): { parameters: number; flops: number } {
  return node.children
    .map(sum)
    .reduce((a, b) => ({ parameters: a.parameters + b.parameters, flops: a.flops + b.flops }), node.cost);
}

test("a branch has the classes of its own branches where groups are merged in two steps", () => {
  const spec = network("2-3-5", 11, 1);
  const { root } = splitTree(spec, planSplit(spec, even(spec)));
  const [first, second] = root.children;
  expect(first!.children.map(({ children }) => children.length)).toEqual([2, 2]);
  for (const node of [root, first!, second!, ...first!.children])
    expect(node.classes).toEqual(node.children.flatMap(({ classes }) => classes).sort((a, b) => a - b));
  // Five groups merged to two at once would be [0, 0, 0, 1, 1].
  expect(second!.classes).toEqual([9, 10]);
});

test("the tree branches where deeper layers have more groups, and every class hangs below one leaf", () => {
  const spec = network("2-4-4", 11, 1);
  const { root } = splitTree(spec, planSplit(spec, even(spec)));
  expect(root.children.map((branch) => branch.label)).toEqual(["branch 1", "branch 2"]);
  expect(root.children.map((branch) => branch.children.map((leaf) => leaf.label))).toEqual([
    ["branch 1.1", "branch 1.2"],
    ["branch 2.1", "branch 2.2"],
  ]);
  const leaves = root.children.flatMap((branch) => branch.children);
  expect(leaves.flatMap((leaf) => leaf.classes).sort((a, b) => a - b)).toEqual(root.classes);
  for (const branch of root.children) expect(branch.classes).toEqual(branch.children.flatMap((leaf) => leaf.classes));
});

test("the classes of one leaf cost the trunk and the way to it, all classes the whole, none nothing", () => {
  const dense = network("2-4-4", 20, 2);
  const tree = splitTree(dense, planSplit(dense, even(dense)));
  const [left, right] = tree.root.children as [TreeNode, TreeNode];
  const leaf = left.children[1]!;
  const way = [tree.root, left, leaf];
  expect(keptNodes(tree.root, leaf.classes.slice(0, 1))).toEqual(way);
  expect(keptCost(tree, leaf.classes)).toEqual(sumCosts(way.map(({ cost }) => cost)));
  expect(keptNodes(tree.root, [leaf.classes[0]!, right.classes[0]!]).map(({ label }) => label)).toEqual([
    ...["trunk", "branch 1", "branch 1.2", "branch 2", "branch 2.1"],
  ]);
  expect(keptCost(tree, tree.root.classes)).toEqual(tree.split);
  expect(keptNodes(tree.root, [])).toEqual([]);
});
