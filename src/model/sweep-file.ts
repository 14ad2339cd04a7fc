import { z } from "zod";
import { ConfigError } from "../base/errors";
import { describeProblems, parseSafely } from "../base/problems";
import { holdsMoreThan } from "../base/value-size";

/** What a person writes to have many runs done; docs/sweeps.md explains every field. */

/** Seeds are 32 bits, as in a configuration. */
export const LARGEST_SEED = 0xffffffff;
const seed = z.int("a seed is a whole number").min(0, "a seed is at least 0").max(LARGEST_SEED, "a seed has at most 32 bits");
const seedList = z.array(seed).min(1, "name at least one seed");
const seedRange = z.strictObject({ from: seed, count: z.int().min(1, "count is at least 1") });
/** A configuration has some 50 fields, and no value of one is larger than it. */
const MOST_FIELDS = 100;
const LARGEST_VALUE = 2000;
const few = (fields: object): boolean => Object.keys(fields).length <= MOST_FIELDS;
const fieldValue = z.unknown().refine((given) => !holdsMoreThan(given, LARGEST_VALUE), `more than ${LARGEST_VALUE} values`);
const choices = z.record(z.string(), fieldValue).refine(few, `more than ${MOST_FIELDS} fields`);

const sweepSchema = z.strictObject({
  /** Also part of the names of jobs. */
  name: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, "use at most 40 lower-case letters, digits and inner hyphens"),
  /** The base of all runs: a preset, the fields that differ from it, or both. */
  preset: z.string().optional(),
  config: choices.default({}),
  /** Values of fields by their dotted paths, one entry a point. */
  runs: z.array(choices).min(1, "name at least one run, or leave the list out").optional(),
  /** Values to try by dotted path: every combination is a point. */
  grid: z
    .record(z.string(), z.array(fieldValue).min(1, "name at least one value"))
    .refine(few, `more than ${MOST_FIELDS} fields`)
    .default({}),
  /** Every point is run once with each of them; without, with the seed of the base. */
  seeds: z.union([seedList, seedRange], "write a list of whole numbers such as [1, 2, 3], or { from: 1, count: 3 }").optional(),
});

export type SweepFile = Readonly<z.infer<typeof sweepSchema>>;

/** Values in a sweep file: a list of 10,000 runs of some ten fields, and their lists. */
const LARGEST_SWEEP = 200_000;
const CURE = "Correct the named fields of the sweep file; docs/sweeps.md has a complete example.";

/** Parses an untrusted value; throws ConfigError that names the fields at fault. */
export function parseSweepFile(value: unknown): SweepFile {
  if (holdsMoreThan(value, LARGEST_SWEEP)) throw new ConfigError(`sweep: more than ${LARGEST_SWEEP} values`, CURE);
  const result = parseSafely(sweepSchema, value);
  if (result.success) return result.data;
  throw new ConfigError(describeProblems(result.error.issues, "sweep"), CURE);
}
