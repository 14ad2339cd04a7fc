import type { TrialView, TriedView } from "../protocol/views";
import type { TreeNode } from "../splitnet/tree";
import { type ClassGroups, classGroupsOf } from "./assignment";
import type { OpenRun } from "./facts";
import type { Lit } from "./lighting";

export interface ClassProbability {
  readonly label: number;
  readonly probability: number;
}

/** The `count` likeliest classes, falling; equal ones in the order of their labels. */
export function topClasses(probabilities: Float32Array, count: number): ClassProbability[] {
  const classes = Array.from(probabilities, (probability, label) => ({ label, probability }));
  return classes.sort((a, b) => b.probability - a.probability).slice(0, count);
}

/** Probability of every group of classes: the sum over its classes. Together they are 1. */
export function groupShares(probabilities: Float32Array, { groups, groupOf }: ClassGroups): number[] {
  const shares = new Array<number>(groups).fill(0);
  groupOf.forEach((group, label) => {
    shares[group]! += probabilities[label]!;
  });
  return shares;
}

/** The likeliest group and its share; ties to the lower one. */
export function firingGroup(shares: readonly number[]): { readonly group: number; readonly share: number } {
  const share = Math.max(...shares);
  return { group: shares.indexOf(share), share };
}

/** Names of the nodes from the trunk to the leaf that decides a group of classes; none where there is no such leaf. */
export function pathToLeaf({ label, group: own, children }: TreeNode, group: number): string[] {
  if (children.length === 0) return own === group ? [label] : [];
  const below = children.map((child) => pathToLeaf(child, group)).find((path) => path.length > 0);
  return below === undefined ? [] : [label, ...below];
}

/** The network whose answer counts: the split one once there is one. */
export function decidingTrial({ unsplit, split }: TriedView): TrialView {
  return split ?? unsplit;
}

/** What an image that was just tried lights: the leaf that fires, and so the way to it; null where classes are not grouped. */
export function litByTrial(run: OpenRun): Lit | null {
  const groups = classGroupsOf(run);
  if (run.tried?.kind !== "done" || groups === null || groups.groups < 2) return null;
  const { group } = firingGroup(groupShares(decidingTrial(run.tried).probabilities, groups));
  return { kind: "group", groups: groups.groups, group };
}
