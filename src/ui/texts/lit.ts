import { count } from "../kit/format";

/** Of a class or group that is lit in every picture. */
export const lit = {
  none: "Point at a class or a group, or focus it, to see it lit in every picture; a click or Enter keeps it lit.",
  ofClass: (name: string, group: number, groups: number) => `${name}: group ${group + 1} of ${groups}`,
  ofGroup: (group: number, groups: number, classes: number) =>
    `Group ${group + 1} of ${groups}: ${count(classes)} ${classes === 1 ? "class" : "classes"}`,
  path: (nodes: readonly string[]) => nodes.join(" › "),
  kept: "is lit in every picture; Escape lets it go.",
  pointed: "is lit in every picture; a click or Enter keeps it.",
} as const;
