import type { Metric, RunRecord } from "../model/run";
import type { RunStore } from "../storage/stores";

/** Stores a run that did not begin here: whole, or nothing of it. */
export async function writeRun(
  runs: RunStore,
  record: RunRecord,
  metrics: readonly Metric[],
  files: Iterable<readonly [string, Uint8Array]>,
): Promise<RunRecord> {
  try {
    for (const [name, content] of files) await runs.writeFile(record.id, name, content);
    await runs.appendMetrics(record.id, metrics);
    // Last: a run without its record is not there.
    await runs.put(record);
    return record;
  } catch (error) {
    await runs.remove(record.id).catch(() => undefined);
    throw error;
  }
}
