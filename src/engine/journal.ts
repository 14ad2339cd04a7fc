import type { Metric, TrainingStage } from "../model/run";
import { survivesRewind } from "../storage/run-record";
import type { RunStore } from "../storage/stores";

const FLUSH_EVERY_MS = 5000;

/**
 * Metrics on their way to storage: written every few seconds, and before every checkpoint, so that none is older than its metrics.
 * Writes follow each other; what could not be written waits for the next one.
 */
export class MetricJournal {
  readonly #runs: RunStore;
  readonly #runId: string;
  readonly #now: () => number;
  readonly #waiting: Metric[] = [];
  #writing: Promise<void> = Promise.resolve();
  #flushedAt: number;

  constructor(runs: RunStore, runId: string, now: () => number) {
    this.#runs = runs;
    this.#runId = runId;
    this.#now = now;
    this.#flushedAt = now();
  }

  add(metrics: readonly Metric[]): void {
    this.#waiting.push(...metrics);
  }

  /** Whether the metrics have waited long enough. */
  get due(): boolean {
    return this.#now() - this.#flushedAt >= FLUSH_EVERY_MS;
  }

  /** Writes what waits, after what is being written. */
  flush(): Promise<void> {
    this.#flushedAt = this.#now();
    this.#writing = this.#writing.catch(() => undefined).then(() => this.#write());
    return this.#writing;
  }

  /** Metrics that a stage resumed at `step` makes anew are void, written or waiting. */
  async rewind(stage: TrainingStage, step: number): Promise<void> {
    await this.#writing.catch(() => undefined);
    const kept = this.#waiting.filter((metric) => survivesRewind(metric, stage, step));
    this.#waiting.splice(0, this.#waiting.length, ...kept);
    await this.#runs.rewindMetrics(this.#runId, stage, step);
  }

  async #write(): Promise<void> {
    const metrics = this.#waiting.slice();
    if (metrics.length === 0) return;
    await this.#runs.appendMetrics(this.#runId, metrics);
    this.#waiting.splice(0, metrics.length);
  }
}
