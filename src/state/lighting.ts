import { mergeIndices } from "../model/grouping";
import type { ClassGroups } from "./assignment";

/** What can be lit in every picture at once: a class, or one of the groups of a level that has `groups` of them. */
export type Lit =
  | { readonly kind: "class"; readonly label: number }
  | { readonly kind: "group"; readonly groups: number; readonly group: number };

/** What is lit: a state of the page, no fact of the engine. */
export interface Lighting {
  /** Under the pointer or in focus. */
  readonly pointed: Lit | null;
  /** Lit until it is let go: then nothing that is pointed at is. */
  readonly kept: Lit | null;
}

export const NOTHING_LIT: Lighting = { pointed: null, kept: null };

export function litOf({ kept, pointed }: Lighting): Lit | null {
  return kept ?? pointed;
}

/**
 * Whether `target` belongs to what is lit: it is the same, lies below it, or on its way up to the trunk. Classes and groups of other levels
 * meet in the groups of the classes; without any (null) a class is only itself.
 */
export function lights(lit: Lit | null, target: Lit, classes: ClassGroups | null): boolean {
  if (lit === null) return false;
  if (lit.kind === "class" && target.kind === "class") return lit.label === target.label;
  const [own, other] = [levelOf(lit, classes), levelOf(target, classes)];
  if (own === null || other === null) return false;
  const [deep, shallow] = own.groups >= other.groups ? [own, other] : [other, own];
  return mergeIndices(deep.groups, shallow.groups)[deep.group] === shallow.group;
}

/** The group that something stands in, with the number of groups of its level. */
function levelOf(lit: Lit, classes: ClassGroups | null): { readonly groups: number; readonly group: number } | null {
  if (lit.kind === "group") return lit;
  const group = classes?.groupOf[lit.label];
  return classes === null || group === undefined ? null : { groups: classes.groups, group };
}

export function isSameLit(a: Lit | null, b: Lit): boolean {
  if (a?.kind === "class") return b.kind === "class" && a.label === b.label;
  return a !== null && b.kind === "group" && a.groups === b.groups && a.group === b.group;
}
