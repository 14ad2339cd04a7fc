import { z } from "zod";
import { ConfigError } from "../base/errors";
import { parseSafely } from "../base/problems";
import { classNamed } from "./class-names";
import { readJson } from "./files";

const fileSchema = z
  .array(
    z
      .array(z.union([z.string(), z.int().min(0)]))
      .min(1)
      .max(256),
  )
  .min(1)
  .max(256);

/**
 * Group of every class from a JSON file that lists the classes of each group, by name or number: [["apple", "pear"], [2, 3]]. Throws ConfigError where a
 * class is missing, there twice, or the number of groups is another, UsageError for a class that there is not.
 */
export async function readGivenGroups(path: string, classes: readonly string[], groups: number): Promise<number[]> {
  const parsed = parseSafely(fileSchema, await readJson(path));
  if (!parsed.success) throw unfit(path, "is no list of lists of classes");
  if (parsed.data.length !== groups) throw unfit(path, `has ${parsed.data.length} groups, and the run has ${groups}`);
  const groupOf = new Array<number>(classes.length).fill(-1);
  parsed.data.forEach((members, group) => {
    for (const member of members) {
      const label = classNamed(String(member), classes, path);
      if (groupOf[label] !== -1) throw unfit(path, `has ${classes[label]} twice`);
      groupOf[label] = group;
    }
  });
  const missing = groupOf.indexOf(-1);
  if (missing >= 0) throw unfit(path, `lacks ${classes[missing]}`);
  return groupOf;
}

function unfit(path: string, why: string): ConfigError {
  return new ConfigError(`${path}: ${why}`, 'List every class once, group by group: [["apple", "pear"], ["oak", "pine"]].');
}
