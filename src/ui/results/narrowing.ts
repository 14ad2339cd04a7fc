/** Which classes are drawn: all, or those of a group or superclass. */
export type Narrowing = { readonly kind: "all" } | { readonly kind: "group" | "superclass"; readonly index: number };
export const EVERY_CLASS: Narrowing = { kind: "all" };

const SUPERCLASS = "s";

/** As it stands in the address: the group's index, or the superclass's after an s; null for all. */
export function narrowingText(narrowing: Narrowing): string | null {
  if (narrowing.kind === "all") return null;
  return narrowing.kind === "group" ? String(narrowing.index) : `${SUPERCLASS}${narrowing.index}`;
}

/** What such a text says; all classes where it names none that there are. */
export function narrowingOf(text: string | null, counts: { readonly groups: number; readonly superclasses: number }): Narrowing {
  const found = /^(s?)(\d+)$/.exec(text ?? "");
  if (found === null) return EVERY_CLASS;
  const kind = found[1] === SUPERCLASS ? "superclass" : "group";
  const index = Number(found[2]);
  return index < (kind === "group" ? counts.groups : counts.superclasses) ? { kind, index } : EVERY_CLASS;
}
