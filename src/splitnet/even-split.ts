import { ConfigError } from "../base/errors";
import { unblockedSplitSpec } from "../model/build";
import type { Config } from "../model/config";
import { mergeIndices } from "../model/grouping";
import { groupedSpaces } from "../model/lookup";
import type { ModelSpec } from "../model/spec";
import { planSplit } from "./plan";

/** Network of a configuration after a split into groups of equal sizes: what costs are told of before the groups are known. */
export function evenSplitSpec(config: Config, classes: number): ModelSpec {
  const spec = unblockedSplitSpec(config, classes);
  const partitions = groupedSpaces(spec).map(({ name, size, groups }) => {
    if (groups > size) {
      throw new ConfigError(
        `grouping: ${groups} groups for ${name}, which has only ${size} members`,
        "Ask for fewer groups, or use a data set of more classes.",
      );
    }
    return [name, { groups, groupOf: mergeIndices(size, groups) }] as const;
  });
  return planSplit(spec, new Map(partitions)).spec;
}
