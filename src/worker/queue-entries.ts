import { RequestError } from "../base/errors";
import { type EntryState, MOST_QUEUED, type QueueCommand, type QueuedJob, type QueueEntry } from "../protocol/queue";

/** The queue as a value, and what can be done with it. */
export interface Queue {
  /** Of the entry that comes next; no id is given twice. */
  readonly nextId: number;
  readonly entries: readonly QueueEntry[];
}

export const EMPTY_QUEUE: Queue = { nextId: 0, entries: [] };

/** A run to be appended. */
export type Wish = Pick<QueueEntry, "job" | "emptyGroups">;

/** Appends entries; throws RequestError where they are too many. */
export function appended(queue: Queue, wishes: readonly Wish[]): Queue {
  const kept = queue.entries.filter(({ removedAt }) => removedAt === null).length;
  if (kept + wishes.length > MOST_QUEUED) {
    throw new RequestError(
      `${wishes.length} more runs make ${kept + wishes.length}, and the queue holds at most ${MOST_QUEUED}`,
      "Remove entries that are done, try fewer values or seeds, or run the sweep from the command line.",
    );
  }
  const state = { kind: "waiting" } as const;
  const added = wishes.map((wish, index) => ({ id: queue.nextId + index, ...wish, state, removedAt: null }));
  return { nextId: queue.nextId + added.length, entries: [...queue.entries, ...added] };
}

type Change = Exclude<QueueCommand, { kind: "enqueue" | "enqueueControls" | "enqueueManual" }>;

/** Moves, removes, takes back, lets go or tries again; `running`: the queue is worked off meanwhile. Throws RequestError for entries that are not there. */
export function changed(queue: Queue, change: Change, now: number, running: boolean): Queue {
  switch (change.kind) {
    case "moveQueued":
      return moved(queue, change.id, change.to);
    case "removeQueued":
      if (running && change.ids.some((id) => isBegun(entryOf(queue, id)))) {
        throw new RequestError("the run of this entry is in progress", "Pause the queue first.");
      }
      return withFewerRemoved(withEntries(queue, change.ids, (entry) => ({ ...entry, removedAt: now })));
    case "restoreQueued":
      return withEntries(queue, change.ids, (entry) => ({ ...entry, removedAt: null }));
    case "forgetQueued":
      return forgotten(queue, change.ids);
    case "retryQueued":
      return withEntries(queue, [change.id], (entry) => ({ ...entry, state: again(entry.state) }));
    default:
      return change satisfies never;
  }
}

/** The queue with an entry come as far as that; one that was forgotten meanwhile stays so. */
export function withState(queue: Queue, id: number, state: EntryState): Queue {
  return { ...queue, entries: queue.entries.map((entry) => (entry.id === id ? { ...entry, state } : entry)) };
}

/**
 * What is to be done next: the run that was begun, else the first that waits. Clustering starts from the unsplit run of its seed, which is
 * therefore done before it. Null where nothing is left.
 */
export function nextEntry({ entries }: Queue): QueueEntry | null {
  const present = entries.filter(({ removedAt }) => removedAt === null);
  const begun = present.find(isBegun);
  if (begun !== undefined) return begun;
  const waiting = present.filter(isWaiting);
  const [first] = waiting;
  if (first === undefined) return null;
  return waiting.find(({ job }) => isBaseOf(job, first.job)) ?? first;
}

/** Whether the same control is there already, and may still be had. */
export function isQueued({ entries }: Queue, wanted: QueuedJob): boolean {
  return entries.some(({ job, state, removedAt }) => removedAt === null && state.kind !== "failed" && isSame(job, wanted));
}

/** The queue without what was removed before `since` (Unix milliseconds). */
export function withoutRemoved(queue: Queue, since: number): Queue {
  return { ...queue, entries: queue.entries.filter(({ removedAt }) => removedAt === null || removedAt >= since) };
}

function isSame(a: QueuedJob, b: QueuedJob): boolean {
  if (a.kind === "config" || b.kind === "config" || a.runId !== b.runId || a.seed !== b.seed) return false;
  if (a.kind === "manual") return b.kind === "manual" && a.classes.join() === b.classes.join();
  return b.kind === "control" && a.source === b.source;
}

function isWaiting({ state }: QueueEntry): boolean {
  return state.kind === "waiting";
}

function isBegun({ state }: QueueEntry): boolean {
  return state.kind === "starting" || state.kind === "begun";
}

function isBaseOf(job: QueuedJob, of: QueuedJob): boolean {
  if (job.kind !== "control" || of.kind !== "control") return false;
  return job.source === "unsplit" && of.source === "clustering" && job.runId === of.runId && job.seed === of.seed;
}

/** A run that failed in the middle goes on; without one there is another try to make it. */
function again(state: EntryState): EntryState {
  if (state.kind !== "failed") throw new RequestError("this entry has not failed", "Press Start: the queue works it off.");
  return state.runId === null ? { kind: "waiting" } : { kind: "begun", runId: state.runId };
}

/** Changes places with the entry that waits before or behind it; at either end nothing changes. */
function moved(queue: Queue, id: number, to: "earlier" | "later"): Queue {
  const own = entryOf(queue, id);
  if (!isWaiting(own)) throw new RequestError("only runs that wait can be moved", "Move those that are still to come around it.");
  const waiting = queue.entries.filter((entry) => entry.removedAt === null && isWaiting(entry));
  const other = waiting[waiting.indexOf(own) + (to === "earlier" ? -1 : 1)];
  if (other === undefined) return queue;
  const swapped = queue.entries.map((entry) => (entry === own ? other : entry === other ? own : entry));
  return { ...queue, entries: swapped };
}

function forgotten(queue: Queue, ids: readonly number[]): Queue {
  if (ids.some((id) => entryOf(queue, id).removedAt === null)) {
    throw new RequestError("only removed entries can be let go", "Remove it first.");
  }
  return { ...queue, entries: queue.entries.filter(({ id }) => !ids.includes(id)) };
}

/** As many as the queue may hold can be taken back, those that were removed last. */
function withFewerRemoved(queue: Queue): Queue {
  const times = queue.entries.flatMap(({ removedAt }) => removedAt ?? []).sort((a, b) => b - a);
  const oldest = times[MOST_QUEUED - 1];
  return oldest === undefined ? queue : withoutRemoved(queue, oldest);
}

function withEntries(queue: Queue, ids: readonly number[], change: (entry: QueueEntry) => QueueEntry): Queue {
  for (const id of ids) entryOf(queue, id);
  return { ...queue, entries: queue.entries.map((entry) => (ids.includes(entry.id) ? change(entry) : entry)) };
}

function entryOf({ entries }: Queue, id: number): QueueEntry {
  const entry = entries.find((candidate) => candidate.id === id);
  if (entry !== undefined) return entry;
  throw new RequestError(`entry ${id} is not in the queue`, "Look at the list: another tab may have changed it.");
}
