import { sha256 } from "@noble/hashes/sha2.js";
import { z } from "zod";
import { toHex } from "../base/bytes";
import { CheckpointError } from "../base/errors";
import { groupedSpaces } from "../model/lookup";
import type { ModelSpec, Space } from "../model/spec";
import { groupSizes, type Partition, type Partitions } from "../splitnet/partition";

/** File of a run that says how it was split; everything else of the split follows from it. */
export const PLAN_FILE = "plan.json";

const fileSchema = z.object({
  format: z.literal("splitnet-plan"),
  version: z.literal(1),
  partitions: z.record(z.string(), z.unknown()),
});
const partitionSchema = z.object({ groups: z.int().min(2), groupOf: z.custom<readonly number[]>(isGroups) });
type PlanFile = z.infer<typeof fileSchema>;

export function encodePlan(partitions: Partitions): Uint8Array {
  const file: PlanFile = {
    format: "splitnet-plan",
    version: 1,
    partitions: Object.fromEntries(
      [...partitions].map(([space, { groups, groupOf }]) => [space, { groups, groupOf: [...groupOf] }]),
    ),
  };
  return new TextEncoder().encode(`${JSON.stringify(file)}\n`);
}

/** SHA-256 (hex) of a plan. */
export function planFingerprint(partitions: Partitions): string {
  return toHex(sha256(encodePlan(partitions)));
}

/** Reads the partitions of `dense`'s grouped spaces; throws CheckpointError where they do not fit it. */
export function decodePlan(bytes: Uint8Array, dense: ModelSpec): Partitions {
  const file = fileSchema.safeParse(parseJson(bytes));
  if (!file.success) throw unfit("it is not a plan of this version of the studio");
  const { partitions } = file.data;
  const spaces = groupedSpaces(dense);
  const unknown = Object.keys(partitions).find((name) => !spaces.some((space) => space.name === name));
  if (unknown !== undefined) throw unfit(`${unknown} is not grouped in this network`);
  return new Map(spaces.map((space) => [space.name, fitting(space, partitions[space.name])]));
}

/** One check of the whole list: a schema of its members would report every one of thousands. */
function isGroups(value: unknown): boolean {
  return Array.isArray(value) && value.every((group) => Number.isSafeInteger(group) && group >= 0);
}

function fitting(space: Space, found: unknown): Partition {
  if (found === undefined) throw unfit(`${space.name} is missing`);
  const partition = partitionSchema.safeParse(found).data;
  if (partition === undefined) throw unfit(`${space.name} is no list of groups`);
  const { groups, groupOf } = partition;
  if (groups !== space.groups) throw unfit(`${space.name} has ${groups} groups instead of ${space.groups}`);
  if (groupOf.length !== space.size) throw unfit(`${space.name} has ${groupOf.length} members instead of ${space.size}`);
  if (groupOf.some((group) => group >= groups)) throw unfit(`${space.name} names a group above ${groups - 1}`);
  if (groupSizes(partition).includes(0)) throw unfit(`${space.name} has an empty group`);
  return partition;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}

function unfit(cause: string): CheckpointError {
  return new CheckpointError(`${PLAN_FILE} does not belong to this run: ${cause}`, "Remove this run and group again.");
}
