import type { ModelSpec } from "../model/spec";
import type { Partition } from "./partition";

/** How the channels of one space are laid out after the split. */
export interface SpacePlan {
  readonly space: string;
  /** Finest partition of the space (`Space.groups` groups). */
  readonly partition: Partition;
  /** `order[newPosition]` is the old channel: members group by group, ascending within a group. */
  readonly order: readonly number[];
  /** Finest group sizes, in order. */
  readonly sizes: readonly number[];
}

/**
 * The split as data: a permutation for every grouped space and the blocked network.
 * Channels are permuted once, here, so that every block of every layer is dense and contiguous; class order is permuted too and
 * undone by the reader (`classOrder`).
 */
export interface SplitPlan {
  readonly spaces: readonly SpacePlan[];
  /** The split network; its logits are in `classOrder`. */
  readonly spec: ModelSpec;
  /** `classOrder[position]` is the class whose logit stands there. */
  readonly classOrder: readonly number[];
}
