import { type Cost, layerCosts, sumCosts, totalCost } from "../model/cost";
import { mergeIndices } from "../model/grouping";
import { weightedLayers } from "../model/lookup";
import type { ModelSpec } from "../model/spec";
import { membersOf } from "./partition";
import type { SplitPlan } from "./split-plan";
import type { SplitTree, TreeNode } from "./tree";

/** The split network as a tree, with the cost of every branch and of the network before and after. */
export function splitTree(dense: ModelSpec, plan: SplitPlan): SplitTree {
  const levels = branchingLevels(plan.spec);
  return {
    root: nodeAt(plan, levels, 0, 0, "trunk"),
    unsplit: totalCost(dense),
    split: totalCost(plan.spec),
  };
}

/** The nodes that decide about any of these classes: the trunk, and the branches on the way to their leaves. */
export function keptNodes(node: TreeNode, classes: readonly number[]): readonly TreeNode[] {
  if (!node.classes.some((label) => classes.includes(label))) return [];
  return [node, ...node.children.flatMap((child) => keptNodes(child, classes))];
}

/** Cost of those nodes: what is left of `split` where only these classes are wanted. */
export function keptCost({ root }: SplitTree, classes: readonly number[]): Cost {
  return sumCosts(keptNodes(root, classes).map(({ cost }) => cost));
}

/** Numbers of groups from shallow to deep, each once: 2-4-4 gives [1, 2, 4], where 1 is the trunk. */
function branchingLevels(spec: ModelSpec): number[] {
  const levels = new Set([1]);
  for (const layer of weightedLayers(spec)) levels.add(layer.blocks?.inputs.length ?? 1);
  return [...levels].sort((a, b) => a - b);
}

function nodeAt(plan: SplitPlan, levels: readonly number[], depth: number, group: number, label: string): TreeNode {
  const groups = levels[depth]!;
  const deeper = levels[depth + 1];
  const below =
    deeper === undefined ? [] : mergeIndices(deeper, groups).flatMap((parent, child) => (parent === group ? [child] : []));
  const children = below.map((child, index) =>
    nodeAt(plan, levels, depth + 1, child, depth === 0 ? `branch ${index + 1}` : `${label}.${index + 1}`),
  );
  return {
    label,
    group,
    cost: nodeCost(plan.spec, groups, group),
    classes:
      children.length === 0 ? classesOfLeaf(plan, group) : children.flatMap(({ classes }) => classes).sort((a, b) => a - b),
    children,
  };
}

/** Cost of block `group` of the counted layers that have `groups` blocks. */
function nodeCost(spec: ModelSpec, groups: number, group: number): Cost {
  const rows = layerCosts(spec).filter((row) => row.counted && row.groups === groups);
  return sumCosts(rows.map((row) => row.blocks[group]!));
}

/** Leaves are at the level of the classes, which is the deepest. */
function classesOfLeaf(plan: SplitPlan, group: number): number[] {
  const classes = plan.spaces.find((space) => space.space === "classes")?.partition;
  return classes === undefined ? [...plan.classOrder] : membersOf(classes)[group]!;
}

/** Group of every class, or all zeros where classes are not grouped. */
export function classGroupsOf(plan: SplitPlan): readonly number[] {
  return plan.spaces.find((space) => space.space === "classes")?.partition.groupOf ?? plan.classOrder.map(() => 0);
}
