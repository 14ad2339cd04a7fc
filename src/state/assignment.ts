import type { AssignmentView } from "../protocol/views";
import type { OpenRun } from "./facts";

/** What one assignment matrix says, computed once and drawn by heat map, text and class list alike. */
export interface AssignmentSummary {
  /** Likeliest group of each member, ties to the lower one. */
  readonly groupOf: readonly number[];
  /** Probability of that group, 1 / groups .. 1. */
  readonly confidence: readonly number[];
  /** Members by group, then by falling confidence, then by index. */
  readonly order: readonly number[];
  /** Members per group. */
  readonly sizes: readonly number[];
  /** Mean entropy of the members' distributions over its maximum: 1 undecided, 0 decided. */
  readonly entropy: number;
  /** Share of members whose likeliest group has at least DECIDED probability. */
  readonly decided: number;
}

/** A member counts as decided from this probability on. */
export const DECIDED = 0.9;

export function summarizeAssignment(view: AssignmentView): AssignmentSummary {
  const { groups, size, probabilities } = view;
  const groupOf: number[] = [];
  const confidence: number[] = [];
  let entropy = 0;
  for (let member = 0; member < size; member++) {
    let best = 0;
    for (let group = 0; group < groups; group++) {
      const p = probabilities[group * size + member]!;
      if (p > probabilities[best * size + member]!) best = group;
      if (p > 0) entropy -= p * Math.log(p);
    }
    groupOf.push(best);
    confidence.push(probabilities[best * size + member]!);
  }
  const order = groupOf.map((_, member) => member);
  order.sort((a, b) => groupOf[a]! - groupOf[b]! || confidence[b]! - confidence[a]! || a - b);
  return {
    groupOf,
    confidence,
    order,
    sizes: Array.from({ length: groups }, (_, group) => groupOf.filter((own) => own === group).length),
    entropy: groups > 1 && size > 0 ? entropy / (size * Math.log(groups)) : 0,
    decided: confidence.filter((p) => p >= DECIDED).length / Math.max(1, size),
  };
}

/** Class groups of a run: those of the planned split, else the likeliest ones so far. */
export interface ClassGroups {
  readonly final: boolean;
  readonly groups: number;
  readonly groupOf: readonly number[];
  /** Probability of the group of each class; null once final. */
  readonly confidence: readonly number[] | null;
}

/** Null before the first assignments, and where the classes are not grouped. */
export function classGroupsOf(run: Pick<OpenRun, "split" | "assignments">): ClassGroups | null {
  if (run.split !== null) {
    const groupOf = run.split.classGroups;
    return { final: true, groups: Math.max(0, ...groupOf) + 1, groupOf, confidence: null };
  }
  const view = run.assignments?.spaces.find(({ space }) => space === "classes");
  if (view === undefined) return null;
  const { groupOf, confidence } = summarizeAssignment(view);
  return { final: false, groups: view.groups, groupOf, confidence };
}

/** What classes can be ordered by. */
export const CLASS_ORDERS = ["group", "superclass", "name", "accuracy"] as const;
export type ClassOrder = (typeof CLASS_ORDERS)[number];

/** What an order of classes looks at. */
export interface OrderedClasses {
  readonly groups: ClassGroups | null;
  readonly superclassOf: readonly number[];
  readonly names: readonly string[];
  /** Share of each class's images that are taken for it. */
  readonly accuracy: readonly number[];
}

/** Class indices in an order; equal ones by superclass, then by index. Accuracies fall. */
export function classOrderOf(by: ClassOrder, { groups, superclassOf, names, accuracy }: OrderedClasses): number[] {
  const first: Readonly<Record<ClassOrder, (a: number, b: number) => number>> = {
    group: (a, b) => (groups?.groupOf[a] ?? 0) - (groups?.groupOf[b] ?? 0),
    superclass: () => 0,
    name: (a, b) => names[a]!.localeCompare(names[b]!, "en"),
    accuracy: (a, b) => (accuracy[b] ?? 0) - (accuracy[a] ?? 0),
  };
  const order = superclassOf.map((_, label) => label);
  return order.sort((a, b) => first[by](a, b) || superclassOf[a]! - superclassOf[b]! || a - b);
}
