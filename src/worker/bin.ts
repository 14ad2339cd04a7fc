import { RequestError } from "../base/errors";
import { parseSummary } from "../data/summary";
import type { Command } from "../protocol/commands";
import type { EngineEvent } from "../protocol/events";
import type { RemovedView } from "../protocol/views";
import type { PageStores, RemovedDataset } from "../storage/stores";
import type { DataLibrary } from "./data-library";
import type { RunDesk } from "./run-desk";

/** What is asked of the bin. */
export type BinCommand = Extract<
  Command,
  { kind: "removeRun" | "restoreRun" | "freeRun" | "removeData" | "restoreData" | "freeData" }
>;

/** How long what was removed can be taken back. */
const KEPT_MS = 24 * 60 * 60_000;

export interface BinParts extends Pick<PageStores, "datasets" | "runs"> {
  readonly library: DataLibrary;
  readonly desk: RunDesk;
  readonly publish: (event: EngineEvent) => void;
  /** Unix time in milliseconds. */
  readonly now: () => number;
}

/** What was removed: still stored, and to be taken back until it is freed by hand, or at the first opening a day later. */
export class Bin {
  readonly #parts: BinParts;

  constructor(parts: BinParts) {
    this.#parts = parts;
  }

  /** Removes, takes back or frees, and publishes what is in the bin then. */
  async obey(command: BinCommand): Promise<void> {
    await this.#change(command);
    await this.show();
  }

  /** Publishes what can be taken back. */
  async show(): Promise<void> {
    const { runs, datasets, publish } = this.#parts;
    const removed: RemovedView[] = [];
    for (const { id, record } of await runs.removed()) {
      removed.push({ kind: "run", runId: id, createdAt: record?.createdAt ?? null, bytes: await runs.byteLength(id) });
    }
    const data = await datasets.removed();
    if (data !== null) removed.push({ kind: "dataset", source: sourceOf(data), bytes: data.byteLength });
    publish({ kind: "removedChanged", removed });
  }

  /** Whether something has been in the bin for a day. */
  async hasExpired(): Promise<boolean> {
    const { runs, datasets } = this.#parts;
    const data = await datasets.removed();
    return (data !== null && this.#isExpired(data)) || (await runs.removed()).some((run) => this.#isExpired(run));
  }

  async freeExpired(): Promise<void> {
    const { runs, datasets } = this.#parts;
    for (const run of await runs.removed()) if (this.#isExpired(run)) await runs.remove(run.id);
    const data = await datasets.removed();
    if (data !== null && this.#isExpired(data)) await datasets.remove();
  }

  async #change(command: BinCommand): Promise<void> {
    const { runs, datasets, library, desk, publish, now } = this.#parts;
    switch (command.kind) {
      case "removeRun":
        await runs.markRemoved(command.runId, now());
        return desk.removed(command.runId);
      case "restoreRun":
        await this.#requireRemoved(command.runId);
        await runs.restore(command.runId);
        return desk.restored(command.runId);
      case "freeRun":
        await this.#requireRemoved(command.runId);
        return runs.remove(command.runId);
      case "removeData":
        await datasets.markRemoved(now());
        library.forget();
        return publish({ kind: "datasetChanged", dataset: null });
      case "restoreData":
        await this.#requireRemovedData();
        await datasets.restore();
        return publish({ kind: "datasetChanged", dataset: await library.view() });
      case "freeData":
        await this.#requireRemovedData();
        return datasets.remove();
      default:
        command satisfies never;
    }
  }

  /** Only what is in the bin is ever freed. */
  async #requireRemoved(runId: string): Promise<void> {
    if ((await this.#parts.runs.removed()).some(({ id }) => id === runId)) return;
    throw new RequestError(`run ${runId} is not among the removed ones`, "Look at the list of runs: it was taken back or freed.");
  }

  async #requireRemovedData(): Promise<void> {
    if ((await this.#parts.datasets.removed()) !== null) return;
    throw new RequestError("there is no removed data set", "Drop the archive on the page again, or click Use sample data.");
  }

  #isExpired({ removedAt }: { readonly removedAt: number }): boolean {
    return this.#parts.now() - removedAt >= KEPT_MS;
  }
}

/** What the data set was read from, null where its summary cannot be read. */
function sourceOf({ summary }: RemovedDataset): string | null {
  try {
    return parseSummary(summary).source;
  } catch {
    return null;
  }
}
