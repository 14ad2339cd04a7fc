import type { Cost } from "../model/cost";

/**
 * One node of the split network: the trunk, or a branch of stage 2, stage 3 or the classifier.
 * A node owns the layers between its parent and its children, for its own share of the channels.
 */
export interface TreeNode {
  /** "trunk", "stage 2, group 1", "classes, group 3": shown to people, groups counted from 1. */
  readonly label: string;
  /** Index among its siblings of the same depth, from 0, in the plan's order. */
  readonly group: number;
  /** Counted parameters and FLOPs of the node's own layers (published rule). */
  readonly cost: Cost;
  /** Classes decided below this node, in label order. */
  readonly classes: readonly number[];
  readonly children: readonly TreeNode[];
}

/** The split network as a tree with its savings. */
export interface SplitTree {
  readonly root: TreeNode;
  readonly unsplit: Cost;
  readonly split: Cost;
}
