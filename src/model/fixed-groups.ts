import { z } from "zod";
import type { Grouping } from "./grouping";
import { groupedSpaces } from "./lookup";
import { wideResnet } from "./wide-resnet";

/** Where groups come from that are given instead of learned (docs/design/controls.md). */
export const GROUP_SOURCES = ["random", "semantic", "clustering", "manual"] as const;
export type GroupSource = (typeof GROUP_SOURCES)[number];

/** Classes of a data set, at most: its labels are bytes. */
const MOST_CLASSES = 256;
const MOST_GROUPS = 1024;

/**
 * Groups that stage 1 starts with and keeps. They are data of the configuration, so that a run stays a function of configuration, seed and
 * data, wherever its groups were found.
 */
export const fixedGroupsSchema = z.strictObject({
  /** Tells where they were found; nothing is computed from it. */
  source: z.enum(GROUP_SOURCES),
  /** Finest group of every class. */
  classes: z.array(z.int().min(0)).min(1).max(MOST_CLASSES),
  /** Channels in each finest group, by space; even where a space is not named. Which channels they are is drawn from the seed. */
  channels: z.record(z.string().max(60), z.array(z.int().min(1)).max(MOST_GROUPS)),
});
export type FixedGroups = Readonly<z.infer<typeof fixedGroupsSchema>>;

/** The network that they have to fit. */
export interface FixedGroupsFrame {
  readonly model: { readonly depth: number; readonly widen: number };
  readonly grouping: Grouping;
}

/** What makes the groups impossible for the network, null where nothing does. */
export function fixedGroupsProblem(fixed: FixedGroups, { model, grouping }: FixedGroupsFrame): string | null {
  const groups = grouping.classes;
  if (groups === 1) return "a network that is not split has no groups to give: leave them out";
  const beyond = fixed.classes.findIndex((group) => group >= groups);
  if (beyond >= 0) return `class ${beyond} is in group ${fixed.classes[beyond]}, and groups are numbered 0 to ${groups - 1}`;
  const empty = Array.from({ length: groups }, (_, group) => group).find((group) => !fixed.classes.includes(group));
  if (empty !== undefined) return `no class is in group ${empty} of ${groups}`;
  return channelsProblem(fixed, { model, grouping });
}

function channelsProblem({ classes, channels }: FixedGroups, { model, grouping }: FixedGroupsFrame): string | null {
  const residualUnits = Math.floor((model.depth - 4) / 6);
  const network = { residualUnits, widen: model.widen, classes: classes.length, grouping } as const;
  const spec = wideResnet({ ...network, blockOrder: "pre-activation", dropout: false });
  const spaces = groupedSpaces(spec).filter(({ name }) => name !== "classes");
  for (const [name, sizes] of Object.entries(channels)) {
    const space = spaces.find((candidate) => candidate.name === name);
    if (space === undefined)
      return `there is no space ${name}: the network's are ${spaces.map((known) => known.name).join(", ")}`;
    if (sizes.length !== space.groups) return `${name} has ${space.groups} groups, and ${sizes.length} sizes are given`;
    const sum = sizes.reduce((total, size) => total + size, 0);
    if (sum !== space.size) return `${name} has ${space.size} channels, and the sizes add up to ${sum}`;
  }
  return null;
}
