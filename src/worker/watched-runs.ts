import type { Metric, RunRecord } from "../model/run";
import type { PageStores } from "../storage/stores";

/** Hears what is stored of a run, in the order in which it is. */
export interface RunWatcher {
  recordStored(record: RunRecord): void;
  fileStored(id: string, name: string, bytes: Uint8Array): void;
  /** Told before they are stored: who reads the store knows of all that is there. */
  metricsComing(id: string, metrics: readonly Metric[]): void;
  /** What was told of metrics is void: the store knows. */
  metricsUnknown(id: string): void;
}

/** The same store, which tells of every change. */
export function watchedRuns(runs: PageStores["runs"], watcher: RunWatcher): PageStores["runs"] {
  return {
    list: () => runs.list(),
    get: (id) => runs.get(id),
    isTaken: (id) => runs.isTaken(id),
    remove: (id) => runs.remove(id),
    readFile: (id, name) => runs.readFile(id, name),
    readPrevious: (id, name) => runs.readPrevious(id, name),
    byteLength: (id) => runs.byteLength(id),
    readMetrics: (id) => runs.readMetrics(id),
    readCurves: (id) => runs.readCurves(id),
    removed: () => runs.removed(),
    markRemoved: (id, removedAt) => runs.markRemoved(id, removedAt),
    restore: (id) => runs.restore(id),
    summaries: () => runs.summaries(),
    keepSummary: (record, summary) => runs.keepSummary(record, summary),
    async put(record) {
      await runs.put(record);
      watcher.recordStored(record);
    },
    async writeFile(id, name, bytes) {
      await runs.writeFile(id, name, bytes);
      watcher.fileStored(id, name, bytes);
    },
    async appendMetrics(id, metrics) {
      watcher.metricsComing(id, metrics);
      try {
        await runs.appendMetrics(id, metrics);
      } catch (error) {
        watcher.metricsUnknown(id);
        throw error;
      }
    },
    async rewindMetrics(id, stage, step) {
      const superseded = await runs.rewindMetrics(id, stage, step);
      watcher.metricsUnknown(id);
      return superseded;
    },
  };
}
