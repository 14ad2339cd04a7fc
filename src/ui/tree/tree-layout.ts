import type { Cost } from "../../model/cost";
import type { SplitTree, TreeNode } from "../../splitnet/tree";

export type Measure = keyof Cost;

/** A node with its place, in units of the drawing. */
export interface PlacedNode {
  readonly node: TreeNode;
  readonly depth: number;
  readonly x: number;
  readonly y: number;
  /** Thickness, proportional to the node's own cost. */
  readonly thickness: number;
  /** Group of the classes below where they are one group's, null above. */
  readonly leafGroup: number | null;
  readonly parent: PlacedNode | null;
}

export interface TreeLayout {
  readonly nodes: readonly PlacedNode[];
  readonly width: number;
  readonly height: number;
  readonly nodeLength: number;
}

const COLUMN = 220;
const NODE_LENGTH = 120;
const ROW = 56;
const MOST_THICKNESS = 44;
const LEAST_THICKNESS = 3;

/** Trunk at the left, leaves spread evenly at the right, every node in the middle of its children. */
export function layoutTree(tree: SplitTree, measure: Measure): TreeLayout {
  const most = Math.max(...flatten(tree.root).map((node) => node.cost[measure]), 1);
  const nodes: PlacedNode[] = [];
  let leaves = 0;
  let deepest = 0;
  const place = (node: TreeNode, depth: number): PlacedNode[] => {
    deepest = Math.max(deepest, depth);
    const below = node.children.map((child) => place(child, depth + 1));
    const children = below.map((subtree) => subtree[0]!);
    const y = children.length === 0 ? (leaves++ + 0.5) * ROW : (children[0]!.y + children.at(-1)!.y) / 2;
    const own: PlacedNode = {
      node,
      depth,
      x: depth * COLUMN,
      y,
      thickness: Math.max(LEAST_THICKNESS, (node.cost[measure] / most) * MOST_THICKNESS),
      leafGroup: node.children.length === 0 && depth > 0 ? node.group : null,
      parent: null,
    };
    return [
      own,
      ...below.flatMap((subtree) => subtree.map((placed, index) => (index === 0 ? { ...placed, parent: own } : placed))),
    ];
  };
  nodes.push(...place(tree.root, 0));
  return { nodes, width: deepest * COLUMN + NODE_LENGTH, height: Math.max(1, leaves) * ROW, nodeLength: NODE_LENGTH };
}

/** The tree's nodes, parents before children. */
export function flatten(node: TreeNode): TreeNode[] {
  return [node, ...node.children.flatMap(flatten)];
}
