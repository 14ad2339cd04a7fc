import { groupingSpec } from "../model/build";
import { type Cost, layerCosts, sumCosts } from "../model/cost";
import { weightedLayers } from "../model/lookup";
import type { RunRecord } from "../model/run";
import type { EvaluationReport } from "../splitnet/evaluation";
import type { SplitTree, TreeNode } from "../splitnet/tree";

/** A node with its place in the tree. */
export interface NodeAt {
  readonly node: TreeNode;
  /** 0 for the trunk. */
  readonly depth: number;
  /** Nodes of its depth. */
  readonly groups: number;
  readonly isLeaf: boolean;
}

/** The tree's nodes, parents before children. */
export function nodesOf({ root }: SplitTree): readonly NodeAt[] {
  const visit = (node: TreeNode, depth: number): Omit<NodeAt, "groups">[] => [
    { node, depth, isLeaf: node.children.length === 0 },
    ...node.children.flatMap((child) => visit(child, depth + 1)),
  ];
  const nodes = visit(root, 0);
  return nodes.map((own) => ({ ...own, groups: nodes.filter(({ depth }) => depth === own.depth).length }));
}

/** Top-1 accuracy on the test images of some classes; null where there are none. */
export function accuracyOn({ perClass }: EvaluationReport, classes: readonly number[]): number | null {
  const own = perClass.filter(({ index }) => classes.includes(index));
  const images = own.reduce((sum, { count }) => sum + count, 0);
  return images === 0 ? null : own.reduce((sum, { count, top1 }) => sum + count * top1, 0) / images;
}

/** What the layers of a level cost before the split and after it; levels from the trunk on. */
export interface LevelCost {
  /** Branches of the level, 1 for the trunk. */
  readonly groups: number;
  readonly before: Cost;
  readonly after: Cost;
}

export function levelCosts({ config, classes }: RunRecord, tree: SplitTree): readonly LevelCost[] {
  const dense = groupingSpec(config, classes.length);
  const groupsOf = new Map(weightedLayers(dense).map(({ name, groups }) => [name, groups]));
  const counted = layerCosts(dense).filter((row) => row.counted);
  const nodes = nodesOf(tree);
  return [...new Set(nodes.map(({ groups }) => groups))].map((groups) => ({
    groups,
    before: sumCosts(counted.filter(({ layer }) => groupsOf.get(layer) === groups)),
    after: sumCosts(nodes.filter((own) => own.groups === groups).map(({ node }) => node.cost)),
  }));
}
