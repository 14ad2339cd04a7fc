import type { Metric, RunRecord } from "../model/run";
import { storedRecord } from "./run-record";

/**
 * How a run lies in a folder: `<id>/run.json`, `<id>/metrics.ndjson` with one metric a line, `<id>/superseded.ndjson` with those that
 * rewinds took back, and the run's files.
 */

export const RECORD_FILE = "run.json";
export const METRICS_FILE = "metrics.ndjson";
export const SUPERSEDED_FILE = "superseded.ndjson";

export function recordText(record: RunRecord): string {
  return `${JSON.stringify(storedRecord(record), null, 2)}\n`;
}

export function metricLines(metrics: readonly Metric[]): string {
  return metrics.map((metric) => `${JSON.stringify(metric)}\n`).join("");
}
