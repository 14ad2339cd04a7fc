import { type ErrorValue, toErrorValue } from "../base/errors";
import type { EngineEvent } from "../protocol/events";
import type { EntryState, QueueEntry } from "../protocol/queue";
import type { StoredValues } from "../storage/browser/values";
import { guarded } from "../storage/failure";
import { nextEntry, type Queue, withoutRemoved, withState } from "./queue-entries";
import { parseQueue, storedQueue } from "./stored-queue";

export interface RunQueueParts {
  readonly queueValues: StoredValues;
  readonly publish: (event: EngineEvent) => void;
  /** Unix time in milliseconds. */
  readonly now: () => number;
}

const KEY = "queue";
/** How long a removed entry can be taken back, as runs can. */
const KEPT_MS = 24 * 60 * 60_000;

/**
 * The stored queue. Every change reads it anew, changes it and writes it whole, one after the other: another tab may have changed it, and
 * the page may be gone at any moment.
 */
export class RunQueue {
  readonly #parts: RunQueueParts;
  #turn: Promise<unknown> = Promise.resolve();
  #running = false;
  /** What could not be read on this visit: the next write leaves it out. */
  #problem: ErrorValue | null = null;

  constructor(parts: RunQueueParts) {
    this.#parts = parts;
  }

  get running(): boolean {
    return this.#running;
  }

  /** Publishes what is stored; that it cannot be read is told with it. */
  show(): Promise<void> {
    return this.#inTurn(async () => {
      try {
        this.#publish(await this.#read());
      } catch (error) {
        const queue = { running: this.#running, entries: [], problem: toErrorValue(error) };
        this.#parts.publish({ kind: "queueChanged", queue });
      }
    });
  }

  /** Stores and publishes what `change` makes of the queue. */
  change(change: (queue: Queue) => Queue): Promise<void> {
    return this.#inTurn(async () => {
      const queue = change(await this.#read());
      await guarded("writing the queue", () => this.#parts.queueValues.write(KEY, storedQueue(queue)));
      this.#publish(queue);
    });
  }

  /** What is to be done next, null where nothing is left. */
  next(): Promise<QueueEntry | null> {
    return this.#inTurn(async () => nextEntry(await this.#read()));
  }

  /** Stores how far an entry has come. */
  settle(id: number, state: EntryState): Promise<void> {
    return this.change((queue) => withState(queue, id, state));
  }

  /** Tells that the queue is worked off as long as `work` takes. */
  async during(work: () => Promise<void>): Promise<void> {
    this.#running = true;
    await this.show();
    try {
      await work();
    } finally {
      this.#running = false;
      await this.show();
    }
  }

  async #read(): Promise<Queue> {
    const { queueValues, now } = this.#parts;
    const { queue, problem } = parseQueue(await guarded("reading the queue", () => queueValues.read(KEY)));
    this.#problem = problem ?? this.#problem;
    return withoutRemoved(queue, now() - KEPT_MS);
  }

  #publish({ entries }: Queue): void {
    this.#parts.publish({ kind: "queueChanged", queue: { running: this.#running, entries, problem: this.#problem } });
  }

  #inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}
