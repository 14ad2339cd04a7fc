import type { Metric, TrainingStage } from "../model/run";
import { rewound } from "../storage/run-record";
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
  /** A rewind that storage has refused so far: nothing is written before it, or points would be there twice. */
  #rewindOwed: { readonly stage: TrainingStage; readonly step: number } | null = null;
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

  /** Takes back what a stage resumed at `step` makes anew, written or waiting, and returns it. Where storage refuses, the next write does it. */
  async rewind(stage: TrainingStage, step: number): Promise<readonly Metric[]> {
    // So that storage keeps aside what was not written yet as well.
    await this.flush().catch(() => undefined);
    const { kept, superseded } = rewound(this.#waiting, stage, step);
    this.#waiting.splice(0, this.#waiting.length, ...kept);
    this.#rewindOwed = { stage, step: Math.min(step, this.#rewindOwed?.step ?? step) };
    return [...(await this.#rewindStored()), ...superseded];
  }

  async #rewindStored(): Promise<readonly Metric[]> {
    if (this.#rewindOwed === null) return [];
    const { stage, step } = this.#rewindOwed;
    const superseded = await this.#runs.rewindMetrics(this.#runId, stage, step);
    this.#rewindOwed = null;
    return superseded;
  }

  async #write(): Promise<void> {
    await this.#rewindStored();
    const metrics = this.#waiting.slice();
    if (metrics.length === 0) return;
    await this.#runs.appendMetrics(this.#runId, metrics);
    this.#waiting.splice(0, metrics.length);
  }
}
