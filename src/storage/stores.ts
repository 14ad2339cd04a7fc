import type { CurveColumns } from "../model/curve-columns";
import type { Metric, RunRecord, TrainingStage } from "../model/run";

/**
 * What the engine needs of storage. Two implementations: `browser` (IndexedDB for data, records and metrics, OPFS for files) and
 * `folder` (Node). A write either happens whole or not at all; failures are StorageError.
 */
export interface DatasetStore {
  /** Summary (JSON) of the stored data set, null when there is none. At most one is kept. */
  summary(): Promise<unknown>;
  /** Bytes written in pieces of some MiB; becomes visible, and replaces an older one, only when complete. */
  write(summary: unknown, bytes: Uint8Array): Promise<void>;
  /** Bytes of the stored data set, 0 when there is none. */
  byteLength(): Promise<number>;
  /** All bytes as written, checked against their SHA-256. */
  read(): Promise<Uint8Array>;
  remove(): Promise<void>;
}

/** A file as read back. */
export interface StoredFile {
  readonly bytes: Uint8Array;
  /** Whether it is the copy that the last write replaced, because what that wrote is damaged or gone. */
  readonly previous: boolean;
}

/** Files of a run: `<stage>.safetensors` checkpoints, `plan.json`, `evaluation.json`, ... */
export interface RunStore {
  list(): Promise<readonly RunRecord[]>;
  get(id: string): Promise<RunRecord | null>;
  /** Whether no new run may have this id: also while its record cannot be read, or was removed but not freed. */
  isTaken(id: string): Promise<boolean>;
  /** Creates or replaces the record. */
  put(record: RunRecord): Promise<void>;
  remove(id: string): Promise<void>;
  /** Writes, verifies, then renames; the file it replaces is kept as the previous copy. */
  writeFile(id: string, name: string, bytes: Uint8Array): Promise<void>;
  /** The file if its hash is right, else the previous copy, else null. */
  readFile(id: string, name: string): Promise<StoredFile | null>;
  /** The copy that the last write replaced, null where there is none or it is damaged. */
  readPrevious(id: string, name: string): Promise<Uint8Array | null>;
  /** Bytes of the run's files, all copies of them. */
  byteLength(id: string): Promise<number>;
  appendMetrics(id: string, metrics: readonly Metric[]): Promise<void>;
  /** Those of each stage in the order of their steps. */
  readMetrics(id: string): Promise<readonly Metric[]>;
  /** The same as columns: what a long run is drawn from. */
  readCurves(id: string): Promise<CurveColumns>;
  /**
   * Takes back a stage's step metrics with `step >= step` and validations with `step > step`, and returns them: resuming rewinds the
   * curves. What is taken back is kept aside until the run is removed.
   */
  rewindMetrics(id: string, stage: TrainingStage, step: number): Promise<readonly Metric[]>;
}

/** A run that was removed and can be taken back; `record` is null where it cannot be read. */
export interface RemovedRun {
  readonly id: string;
  /** Unix milliseconds. */
  readonly removedAt: number;
  readonly record: RunRecord | null;
}

/** Runs that can be removed and taken back: a removed one is stored, but not listed and not got, until `remove` frees it. */
export interface RunBin {
  /** The one removed last first. */
  removed(): Promise<readonly RemovedRun[]>;
  markRemoved(id: string, removedAt: number): Promise<void>;
  restore(id: string): Promise<void>;
}

/** What was worked out of runs and can be worked out again, kept beside their records. */
export interface RunSummaries {
  /** By run; those without are left out. */
  summaries(): Promise<ReadonlyMap<string, unknown>>;
  /** Kept until the run's record is stored anew, as it is whenever the run comes further; not kept where that has already happened since `record`. */
  keepSummary(record: RunRecord, summary: unknown): Promise<void>;
}

/** A data set that was removed and can be taken back. */
export interface RemovedDataset {
  readonly summary: unknown;
  /** Unix milliseconds. */
  readonly removedAt: number;
  readonly byteLength: number;
}

/** The same for the data set: a removed one reads as none until `remove`, or the writing of another one, frees it. */
export interface DatasetBin {
  removed(): Promise<RemovedDataset | null>;
  markRemoved(removedAt: number): Promise<void>;
  restore(): Promise<void>;
}

/** Storage of the page, where what is removed can be taken back; who works with folders has those of the system. */
export interface PageStores {
  readonly datasets: DatasetStore & DatasetBin;
  readonly runs: RunStore & RunBin & RunSummaries;
  /** Where the files of runs lie. */
  readonly filesIn: "OPFS" | "IndexedDB";
}
