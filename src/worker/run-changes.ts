import type { Metric, RunRecord } from "../model/run";
import type { RunWatcher } from "./watched-runs";

/** What has changed of a run since it was last taken; of several changes of a file the last one counts. */
export interface RunChanges {
  readonly id: string;
  /** Null: as it is in the store. */
  readonly record: RunRecord | null;
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Those that came; null: all that are in the store. */
  readonly metrics: readonly Metric[] | null;
}

interface Gathered {
  ready: boolean;
  record: RunRecord | null;
  readonly files: Map<string, Uint8Array>;
  metrics: Metric[] | null;
}

/**
 * Gathers what is stored of runs until somebody has time for it. A run is ready once its record was stored, which every change ends
 * with; however slow the taker, no more is held than each file once.
 */
export class ChangeGatherer implements RunWatcher {
  readonly #onReady: () => void;
  readonly #runs = new Map<string, Gathered>();

  constructor(onReady: () => void) {
    this.#onReady = onReady;
  }

  recordStored(record: RunRecord): void {
    this.#of(record.id).record = record;
    this.look(record.id);
  }

  fileStored(id: string, name: string, bytes: Uint8Array): void {
    this.#of(id).files.set(name, bytes);
  }

  metricsComing(id: string, metrics: readonly Metric[]): void {
    this.#of(id).metrics?.push(...metrics);
  }

  metricsUnknown(id: string): void {
    this.#of(id).metrics = null;
  }

  /** Makes a run ready, whether it has changed or not. */
  look(id: string): void {
    this.#of(id).ready = true;
    this.#onReady();
  }

  /** A run that is ready, and then no longer is; null if there is none. */
  take(): RunChanges | null {
    for (const [id, { ready, record, files, metrics }] of this.#runs) {
      if (!ready) continue;
      this.#runs.delete(id);
      return { id, record, files, metrics };
    }
    return null;
  }

  /** Whether metrics of the run have changed since it was taken. */
  hasMetrics(id: string): boolean {
    return this.#runs.get(id)?.metrics?.length !== 0 && this.#runs.has(id);
  }

  #of(id: string): Gathered {
    const known = this.#runs.get(id);
    if (known !== undefined) return known;
    const fresh: Gathered = { ready: false, record: null, files: new Map(), metrics: [] };
    this.#runs.set(id, fresh);
    return fresh;
  }
}
