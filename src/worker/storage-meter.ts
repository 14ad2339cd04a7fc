import type { StorageView } from "../protocol/views";
import type { PageStores } from "../storage/stores";

/** What the browser says of this site's storage. */
export interface StorageEstimate {
  readonly used: number;
  readonly allowed: number;
  readonly persistent: boolean;
}

export interface StorageMeterParts {
  /** Null where the browser does not tell. */
  readonly estimate: () => Promise<StorageEstimate | null>;
  readonly publish: (storage: StorageView) => void;
  /** Unix time in milliseconds. */
  readonly now: () => number;
}

/** Between two measurements that nobody waits for: each asks for the size of every file. */
const MEASURE_EVERY_MS = 10_000;

/** Tells how much is stored, and for what. */
export class StorageMeter {
  readonly #parts: StorageMeterParts;
  #measuredAt = Number.NEGATIVE_INFINITY;

  constructor(parts: StorageMeterParts) {
    this.#parts = parts;
  }

  /** Measures unless it was done a moment ago. */
  async follow(stores: PageStores): Promise<void> {
    if (this.#parts.now() - this.#measuredAt >= MEASURE_EVERY_MS) await this.measure(stores);
  }

  /** A measurement that fails is left out: nothing depends on it. */
  async measure({ datasets, runs }: PageStores): Promise<void> {
    const { estimate, publish, now } = this.#parts;
    this.#measuredAt = now();
    try {
      const told = await estimate();
      if (told === null) return;
      const sizesOf = (all: readonly { readonly id: string }[]) =>
        Promise.all(all.map(async ({ id }) => [id, await runs.byteLength(id)] as const));
      const sizes = await sizesOf(await runs.list());
      const removedSizes = await sizesOf(await runs.removed());
      const removedData = (await datasets.removed())?.byteLength ?? 0;
      publish({
        ...told,
        dataset: await datasets.byteLength(),
        runs: Object.fromEntries(sizes),
        removed: removedSizes.reduce((sum, [, size]) => sum + size, removedData),
      });
    } catch {
      // What could not be measured is not shown.
    }
  }
}

/** The estimate of this browser, null where it has none. */
export async function browserEstimate(storage: StorageManager | undefined): Promise<StorageEstimate | null> {
  if (storage?.estimate === undefined) return null;
  const { usage, quota } = await storage.estimate();
  if (usage === undefined || quota === undefined) return null;
  return { used: usage, allowed: quota, persistent: (await storage.persisted?.()) ?? false };
}
