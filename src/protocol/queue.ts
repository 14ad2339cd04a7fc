import { z } from "zod";
import type { ErrorValue } from "../base/errors";
import { configSchema } from "../model/config";
import { CONTROL_SOURCES } from "../model/control-plan";

/** Runs that wait for their turn: what the page asks for, what is stored of it, and what it is told. */

/** Entries that are kept at a time: a night's work many times over, and a list that is still read. */
export const MOST_QUEUED = 500;

const runId = z.string().max(100);
const entryId = z.int().min(0);
const entryIds = z
  .array(entryId)
  .min(1)
  .max(2 * MOST_QUEUED);
const seed = configSchema.shape.seed;
const classGroups = z.array(z.int().min(0)).min(1).max(256);

/** What a run is made from. The configuration of a control follows from the learned run when its turn comes. */
export const queuedJobSchema = z.discriminatedUnion("kind", [
  /** `point` tells it from others of its grid, empty where there is none. */
  z.strictObject({ kind: z.literal("config"), config: configSchema, point: z.string().max(500) }),
  z.strictObject({ kind: z.literal("control"), source: z.enum(CONTROL_SOURCES), runId, seed }),
  /** Groups of a person's own: the group of every class. */
  z.strictObject({ kind: z.literal("manual"), runId, seed, classes: classGroups }),
]);
export type QueuedJob = Readonly<z.infer<typeof queuedJobSchema>>;

const error = z.strictObject({ name: z.string(), message: z.string(), cure: z.string() });

/** How far an entry has come. "starting": its run has an id, and may be stored or not. */
export const entryStateSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("waiting") }),
  z.strictObject({ kind: z.enum(["starting", "begun", "finished"]), runId }),
  /** Without a run where none could be made. */
  z.strictObject({ kind: z.literal("failed"), runId: runId.nullable(), error }),
]);
export type EntryState = Readonly<z.infer<typeof entryStateSchema>>;

export const queueEntrySchema = z.strictObject({
  id: entryId,
  job: queuedJobSchema,
  /** What to do with a group that comes out empty. */
  emptyGroups: configSchema.shape.emptyGroups,
  state: entryStateSchema,
  /** Unix milliseconds; null unless it was removed, and can be taken back. */
  removedAt: z.number().nullable(),
});
export type QueueEntry = Readonly<z.infer<typeof queueEntrySchema>>;

/** The queue as the page shows it. */
export interface QueueView {
  /** Whether its entries are being worked off. */
  readonly running: boolean;
  /** In the order in which they are, those that were removed among them. */
  readonly entries: readonly QueueEntry[];
  /** What of it cannot be read, null where all can. */
  readonly problem: ErrorValue | null;
}

/** Requests that change the queue; also while it is worked off. */
export const queueCommandSchemas = [
  /** Appends the runs of a sweep file (docs/sweeps.md). */
  z.strictObject({ kind: z.literal("enqueue"), sweep: z.unknown() }),
  /** Appends controls of a run that learned its groups: of each seed those named, without those that are there already. */
  z.strictObject({
    kind: z.literal("enqueueControls"),
    runId,
    sources: z.array(z.enum(CONTROL_SOURCES)).min(1).max(CONTROL_SOURCES.length),
    seeds: z.array(seed).min(1).max(MOST_QUEUED),
  }),
  /** Appends a control with groups of a person's own. */
  z.strictObject({ kind: z.literal("enqueueManual"), runId, seed, classes: classGroups }),
  /** Before or behind the next entry that waits. */
  z.strictObject({ kind: z.literal("moveQueued"), id: entryId, to: z.enum(["earlier", "later"]) }),
  z.strictObject({ kind: z.literal("removeQueued"), ids: entryIds }),
  z.strictObject({ kind: z.literal("restoreQueued"), ids: entryIds }),
  /** Lets go of removed entries for good. */
  z.strictObject({ kind: z.literal("forgetQueued"), ids: entryIds }),
  /** Gives a failed entry another turn, with the run that it has. */
  z.strictObject({ kind: z.literal("retryQueued"), id: entryId }),
] as const;

const queueCommandSchema = z.discriminatedUnion("kind", queueCommandSchemas);
export type QueueCommand = z.infer<typeof queueCommandSchema>;
