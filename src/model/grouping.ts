import { ConfigError } from "../base/errors";

/**
 * Numbers of groups as the paper and the scripts write them, shallow to deep: "2-4-4" is stage 2, stage 3, classes.
 * 1 means not split. A deeper level never has fewer groups than a shallower one.
 */
export interface Grouping {
  readonly stage2: number;
  readonly stage3: number;
  readonly classes: number;
}

const FORM = /^(\d{1,4})-(\d{1,4})-(\d{1,4})$/;

/** Parses "2-4-4"; throws ConfigError naming the rule that is broken. */
export function parseGrouping(text: string): Grouping {
  const match = FORM.exec(text);
  if (match === null)
    throw new ConfigError(
      `grouping: "${text}" is not of the form 2-2-2`,
      "Write three numbers from shallow to deep, such as 1-2-2 or 2-4-4.",
    );
  const [stage2, stage3, classes] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (Math.min(stage2, stage3, classes) < 1)
    throw new ConfigError(`grouping: ${text} has a level of 0 groups`, "Write 1 for a level that is not split.");
  if (stage3 < stage2 || classes < stage3) {
    throw new ConfigError(
      `grouping: ${text} has fewer groups deeper in the network`,
      "Every deeper level needs at least as many groups: for example 2-2-4 instead of 4-2-2.",
    );
  }
  return { stage2, stage3, classes };
}

/** The inverse of `parseGrouping`. */
export function formatGrouping(grouping: Grouping): string {
  return `${grouping.stage2}-${grouping.stage3}-${grouping.classes}`;
}

/**
 * Supergroup of each of `count` subgroups, contiguous and as even as they come: 5 into 2 gives [0, 0, 0, 1, 1].
 * Published code, utils.py:139-143: supergroup i gets floor((count + supergroups - i - 1) / supergroups) subgroups.
 */
export function mergeIndices(count: number, supergroups: number): number[] {
  const indices: number[] = [];
  for (let group = 0; group < supergroups; group++) {
    const members = Math.floor((count + supergroups - group - 1) / supergroups);
    for (let i = 0; i < members; i++) indices.push(group);
  }
  return indices;
}
