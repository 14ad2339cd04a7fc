import type { Cost } from "../model/cost";

/**
 * One node of the split network: the trunk, or a branch; a branch divides where deeper layers have more groups.
 * A node owns the layers between its parent and its children, for its own share of the channels.
 */
export interface TreeNode {
  /** "trunk", "branch 2", "branch 2.1": shown to people, counted from 1. */
  readonly label: string;
  /** Block index in the node's layers, from 0. */
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
