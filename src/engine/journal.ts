import type { Metric } from "../model/run";
import type { RunStore } from "../storage/stores";

const FLUSH_EVERY_MS = 5000;

/** Metrics on their way to storage: written every few seconds, and before every checkpoint, so that none is older than its metrics. */
export class MetricJournal {
  readonly #runs: RunStore;
  readonly #runId: string;
  readonly #now: () => number;
  #waiting: Metric[] = [];
  #flushedAt: number;

  constructor(runs: RunStore, runId: string, now: () => number) {
    this.#runs = runs;
    this.#runId = runId;
    this.#now = now;
    this.#flushedAt = now();
  }

  async add(metrics: readonly Metric[]): Promise<void> {
    this.#waiting.push(...metrics);
    if (this.#now() - this.#flushedAt >= FLUSH_EVERY_MS) await this.flush();
  }

  async flush(): Promise<void> {
    this.#flushedAt = this.#now();
    if (this.#waiting.length === 0) return;
    await this.#runs.appendMetrics(this.#runId, this.#waiting);
    this.#waiting = [];
  }
}
