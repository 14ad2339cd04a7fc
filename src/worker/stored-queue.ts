import { z } from "zod";
import { type ErrorValue, StorageError, toErrorValue } from "../base/errors";
import { describeProblems, parseSafely } from "../base/problems";
import { holdsMoreThan } from "../base/value-size";
import { MOST_QUEUED, type QueueEntry, queueEntrySchema } from "../protocol/queue";
import { EMPTY_QUEUE, type Queue } from "./queue-entries";

/** Parser of the queue as it comes back from storage: another version, or a person, may have written it. */

const VERSION = 1;
const queueSchema = z.object({ nextId: z.int().min(0), entries: z.array(z.unknown()).max(4 * MOST_QUEUED) });
const versionSchema = z.object({ version: z.unknown() });

/** Values in an entry: those of a configuration with given groups, and a few more; and in all of them, most of which are far smaller. */
const LARGEST_ENTRY = 20_100;
const LARGEST_QUEUE = 2_000_000;

export function storedQueue(queue: Queue): object {
  return { version: VERSION, ...queue };
}

/** What of it can be read, and what is wrong with the rest, null where nothing is. Throws StorageError where it is no queue that is known. */
export function parseQueue(value: unknown): { readonly queue: Queue; readonly problem: ErrorValue | null } {
  if (value === undefined || value === null) return { queue: EMPTY_QUEUE, problem: null };
  if (holdsMoreThan(value, LARGEST_QUEUE)) throw noQueue(`more than ${LARGEST_QUEUE} values`);
  const version = versionSchema.safeParse(value).data?.version;
  if (version !== VERSION) {
    const named = typeof version === "number" ? String(version) : "unknown";
    throw new StorageError(
      `the queue is of version ${named}, and this page knows version ${VERSION}`,
      "Open it with the newest studio: load the page anew.",
    );
  }
  const parsed = parseSafely(queueSchema, value);
  if (!parsed.success) throw noQueue(describeProblems(parsed.error.issues, "queue"));
  const read = parsed.data.entries.map(parseEntry);
  const entries = read.flatMap(({ entry }) => entry ?? []);
  const nextId = entries.reduce((next, { id }) => Math.max(next, id + 1), parsed.data.nextId);
  return { queue: { nextId, entries }, problem: problemOf(read.map(({ problem }) => problem)) };
}

function noQueue(problems: string): StorageError {
  return new StorageError(
    `what is stored is no queue: ${problems}`,
    "Remove what this site has stored as splitnet-studio-queue; runs are kept elsewhere and stay.",
  );
}

interface Read {
  readonly entry: QueueEntry | null;
  readonly problem: string | null;
}

function parseEntry(value: unknown): Read {
  if (holdsMoreThan(value, LARGEST_ENTRY)) return { entry: null, problem: `more than ${LARGEST_ENTRY} values` };
  const parsed = parseSafely(queueEntrySchema, value);
  if (parsed.success) return { entry: parsed.data, problem: null };
  return { entry: null, problem: describeProblems(parsed.error.issues, "entry") };
}

function problemOf(problems: readonly (string | null)[]): ErrorValue | null {
  const named = problems.flatMap((problem, index) => (problem === null ? [] : [`entry ${index + 1} of the queue: ${problem}`]));
  if (named.length === 0) return null;
  return toErrorValue(
    new StorageError(`left out, because it is damaged: ${named.join("; ")}`, "Add its run again; all other entries are there."),
  );
}
