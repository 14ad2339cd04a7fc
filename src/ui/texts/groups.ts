import { count, percent } from "../kit/format";
export const groups = {
  title: "Groups",
  spaceName,
  none: "While the network groups, every assignment matrix is drawn here, sorted by group.",
  ungrouped: "Nothing is grouped in this run.",
  step: (step: number) => `after step ${count(step)}`,
  latest: (step: number) => `latest, after step ${count(step)}`,
  time: "Moment of stage 1",
  play: "Play how the groups formed",
  pause: "Stop playing",
  moved: (members: number, size: number, since: number) =>
    `${count(members)} of ${count(size)} changed group since step ${count(since)}`,
  trend: (first: string, last: string, most: number, size: number) =>
    `Entropy from ${first} to ${last} of its most; at most ${count(most)} of ${count(size)} members changed group between two moments`,
  legend:
    "Probability of the group, 0 to 1; columns are members, sorted by latest group, then by confidence. Below: entropy as a line, changes of group as bars",
  matrix: (space: string, size: number) => `${spaceName(space)} · ${count(size)}`,
  matrixLabel: (space: string) => `Assignment of ${space}; arrow keys move the cursor`,
  sizes: "Sizes",
  decided: (share: number) => `${percent(share, 0)} decided`,
  entropy: (value: number) => `entropy ${value.toFixed(2)}`,
  cell: (member: string, group: number, p: number) => `${member}: group ${group + 1} with ${p.toFixed(3)}`,
  hint: "Point at a cell or use the arrow keys.",
  channel: (index: number) => `Channel ${index}`,
  classes: "Classes by group",
  soFar: "likeliest so far",
  final: "as split",
  group: (group: number) => `Group ${group + 1}`,
  agreement: (adjustedRand: number, mutualInformation: number) =>
    `Agreement with the superclasses: adjusted Rand index ${adjustedRand.toFixed(2)} (0 by chance, 1 if equal), normalised mutual information ${mutualInformation.toFixed(2)}.`,
  empty: "no class yet",
  moves: "Classes that moved",
  movedClasses: (moved: number, since: number, step: number) =>
    `${moved === 0 ? "None" : count(moved)} changed group from step ${count(since)} to step ${count(step)}. Bands lead from the group before to the group after, grey where classes stay.`,
  fromTo: (from: number, to: number) => `${from + 1} → ${to + 1}`,
  flow: (from: string, to: number, classes: readonly string[]) => `${from} to group ${to + 1}: ${classes.join(", ")}`,
  superclasses: "Superclasses in the groups",
  superclass: "Superclass",
  superclassTable: "Classes by superclass and group",
  superclassFlow: (whole: number, all: number) =>
    `${count(whole)} of ${count(all)} superclasses lie in one group alone. A band is as thick as its classes are many.`,
} as const;

/** "stage_3" and "unit_3_0/inner" for people. */
function spaceName(space: string): string {
  if (space === "classes") return "Classes";
  const stage = /^stage_(\d+)$/.exec(space);
  if (stage !== null) return `Stage ${stage[1]} stream`;
  const unit = /^unit_(\d+)_(\d+)\/inner$/.exec(space);
  return unit === null ? space : `Unit ${unit[1]}.${Number(unit[2]) + 1} inner`;
}
