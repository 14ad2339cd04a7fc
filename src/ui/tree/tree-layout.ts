import type { Cost } from "../../model/cost";
import type { SplitTree } from "../../splitnet/tree";
import { type NodeAt, nodesOf } from "../../state/tree";

export type Measure = keyof Cost;

/** A node with its place: shares of the drawing's width and height, thickness in pixels. */
export interface PlacedNode extends NodeAt {
  readonly x: number;
  readonly length: number;
  readonly y: number;
  /** Proportional to the node's own cost. */
  readonly thickness: number;
  readonly parent: PlacedNode | null;
}

const MOST_THICKNESS = 40;
const LEAST_THICKNESS = 3;
/** Of a column that a bar takes; bands take the rest. Leaves reach to the end, where their classes stand. */
const BAR = 0.6;

/** Trunk at the left, leaves spread evenly at the right, every node in the middle of its children; parents come first. */
export function layoutTree(tree: SplitTree, measure: Measure): readonly PlacedNode[] {
  const nodes = nodesOf(tree);
  const most = Math.max(...nodes.map(({ node }) => node.cost[measure]), 1);
  const columns = Math.max(...nodes.map(({ depth }) => depth)) + 1;
  const leaves = nodes.filter(({ isLeaf }) => isLeaf);
  const middle = (node: NodeAt["node"]): number => {
    const [first, last] = [node.children[0], node.children.at(-1)];
    if (first === undefined || last === undefined) return (leaves.findIndex((leaf) => leaf.node === node) + 0.5) / leaves.length;
    return (middle(first) + middle(last)) / 2;
  };
  const placed: PlacedNode[] = [];
  for (const own of nodes) {
    placed.push({
      ...own,
      x: own.depth / columns,
      length: (own.isLeaf ? columns - own.depth : BAR) / columns,
      y: middle(own.node),
      thickness: Math.max(LEAST_THICKNESS, (own.node.cost[measure] / most) * MOST_THICKNESS),
      parent: placed.find(({ node }) => node.children.includes(own.node)) ?? null,
    });
  }
  return placed;
}
