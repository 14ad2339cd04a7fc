import { RequestError } from "../base/errors";
import type { RunDescription } from "../model/run";
import type { QueueCommand } from "../protocol/queue";
import type { PageStores } from "../storage/stores";
import type { BinCommand } from "./bin";
import { obeyQueue } from "./queue-commands";
import { type ShelfParts, type Shelves, shelvesOf } from "./shelves";
import { type StorageEstimate, StorageMeter } from "./storage-meter";
import { type TabChannel, Tabs, type TabWork } from "./tabs";

export interface SharedShelvesParts extends ShelfParts {
  readonly openStores: () => Promise<PageStores>;
  readonly estimateStorage: () => Promise<StorageEstimate | null>;
  /** Null where the browser has none. */
  readonly tabs: TabChannel | null;
}

/** The storage of the page, opened once and shared with other tabs: one changes it, the others show what it has stored. */
export class SharedShelves {
  readonly tabs: Tabs;
  readonly #parts: SharedShelvesParts;
  readonly #meter: StorageMeter;
  #opening: Promise<Shelves> | null = null;
  #rereading: Promise<void> = Promise.resolve();

  constructor(parts: SharedShelvesParts) {
    this.#parts = parts;
    this.#meter = new StorageMeter({
      estimate: parts.estimateStorage,
      publish: (storage) => parts.publish({ kind: "storageMeasured", storage }),
      now: parts.now,
    });
    this.tabs = new Tabs({
      locks: parts.locks,
      channel: parts.tabs,
      onElsewhere: (elsewhere) => parts.publish({ kind: "elsewhereChanged", elsewhere }),
      onStored: (runId) => this.#reread(runId),
    });
  }

  /** Storage, opened once; a refusal is told and tried again at the next request. */
  async open(): Promise<Shelves> {
    this.#opening ??= this.#parts.openStores().then((stores) => shelvesOf(stores, this.#parts));
    try {
      return await this.#opening;
    } catch (error) {
      this.#opening = null;
      throw error;
    }
  }

  /** Does what changes something stored, in one tab alone; throws RequestError where another one does. */
  changing<Value>(work: TabWork, change: () => Promise<Value>): Promise<Value> {
    return this.tabs.alone(work, async () => {
      // What another tab has stored is shown before it is changed here.
      await this.#rereading;
      return change();
    });
  }

  /** Removes, takes back or frees; `runId` is the run, null for the data set. */
  async changeBin(command: BinCommand, runId: string | null): Promise<void> {
    const { bin } = await this.open();
    await this.changing({ work: "removing", runId }, () => bin.obey(command));
    // While this tab trains the others hear of nothing else.
    if (runId !== null) this.tabs.stored(runId);
    await this.measure();
  }

  /** Stores what a person says of a run, also while it trains. */
  async describe(runId: string, description: RunDescription): Promise<void> {
    const { desk } = await this.open();
    await this.changing({ work: "describing", runId }, () => desk.describe(runId, description));
    this.tabs.stored(runId);
  }

  /** Changes the queue of runs, also while it is worked off. */
  async changeQueue(command: QueueCommand): Promise<void> {
    const { queue, runs } = await this.open();
    await this.changing({ work: "queueing", runId: null }, () => obeyQueue(queue, command, runs, this.#parts.now()));
  }

  /** Frees what was removed a day ago; where another tab is at work, the next visit does. */
  async emptyBin(): Promise<void> {
    const { bin } = await this.open();
    if (await bin.hasExpired())
      await this.changing({ work: "removing", runId: null }, () => bin.freeExpired()).catch(ignoreRefusal);
    await bin.show();
  }

  /** Publishes how much is stored. */
  async measure(): Promise<void> {
    await this.#meter.measure(await this.open());
  }

  /** The same, unless it was done a moment ago. */
  async follow(): Promise<void> {
    await this.#meter.follow(await this.open());
  }

  /** Shows what another tab has stored. What cannot be read between two of its writes is read after the next one. */
  #reread(runId: string | null): void {
    const read = async (): Promise<void> => {
      const { library, desk, bin, mirror, queue } = await this.open();
      if (await library.changed()) this.#parts.publish({ kind: "datasetChanged", dataset: await library.view() });
      await desk.reread(runId);
      await bin.show();
      await mirror.show();
      await queue.show();
    };
    this.#rereading = this.#rereading.then(read).catch(() => undefined);
  }
}

/** Another tab is at work: not a failure of what nobody asked for. */
function ignoreRefusal(error: unknown): void {
  if (!(error instanceof RequestError)) throw error;
}
