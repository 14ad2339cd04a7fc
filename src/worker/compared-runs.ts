import { toErrorValue } from "../base/errors";
import { parseRunSummary, storedSummary, summaryOf } from "../engine/run-summary";
import { storedRun } from "../engine/runs";
import type { StageColumns } from "../model/curve-columns";
import { type ComparableMetric, progressOf } from "../model/run";
import type { RunSummary } from "../model/run-summary";
import type { Command } from "../protocol/commands";
import type { LinesView, RunLine, SummariesView, UnreadableRun } from "../protocol/comparison";
import type { Shelves } from "./shelves";

type Read = Pick<Shelves, "runs" | "desk">;

/** Runs read whole for one answer: the curves of each may be 26 MB, and the page shows what it has meanwhile. */
const WHOLE_RUNS = 8;

/**
 * What runs came to. A run is read whole once; what it came to is kept beside its record until that is stored anew. Runs are read one after
 * the other, so that the curves of only one are in memory, and one that cannot be read does not hide the others.
 */
export async function runSummaries(shelves: Read, runIds: readonly string[]): Promise<SummariesView> {
  const kept = await shelves.runs.summaries();
  const summaries: RunSummary[] = [];
  const unread: string[] = [];
  for (const runId of new Set(runIds)) {
    // What it has reported since its last checkpoint counts as well.
    const known = shelves.desk.isAhead(runId) ? null : parseRunSummary(kept.get(runId), runId);
    if (known === null) unread.push(runId);
    else summaries.push(known);
  }
  const { read, unreadable } = await eachRead(shelves, unread.slice(0, WHOLE_RUNS), (runId) => wholeRun(shelves, runId));
  return { summaries: [...summaries, ...read], unreadable };
}

async function wholeRun({ runs, desk }: Read, runId: string): Promise<RunSummary> {
  const record = await storedRun(runs, runId);
  const summary = await summaryOf({ runs }, record, await desk.curvesOf(runId));
  // A full disk takes no more than the time of reading it again.
  if (!desk.isAhead(runId)) await runs.keepSummary(record, storedSummary(summary)).catch(() => undefined);
  return summary;
}

/** One metric of one stage at full resolution: 24 bytes a point. */
export async function runLines(
  shelves: Read,
  { runIds, kept, stage, metric }: Extract<Command, { kind: "loadLines" }>,
): Promise<LinesView> {
  const { read, unreadable } = await eachRead(shelves, [...new Set(runIds)], async (runId): Promise<RunLine> => {
    const record = await storedRun(shelves.runs, runId);
    // The one long value of this: it is not held beyond these lines.
    const curves = await shelves.desk.curvesOf(runId);
    return { runId, progress: progressOf(record), ...lineOf(curves[stage], metric) };
  });
  return { stage, metric, lines: read, unreadable, kept };
}

function lineOf({ steps, validations }: StageColumns, name: ComparableMetric): Pick<RunLine, "steps" | "times" | "values"> {
  return name === "loss" || name === "top1" || name === "top5"
    ? { steps: validations.step, times: validations.time, values: validations[name] }
    : { steps: steps.step, times: steps.time, values: steps[name] };
}

async function eachRead<Value>(
  { runs }: Read,
  runIds: readonly string[],
  read: (runId: string) => Promise<Value>,
): Promise<{ readonly read: readonly Value[]; readonly unreadable: readonly UnreadableRun[] }> {
  const values: Value[] = [];
  const unreadable: UnreadableRun[] = [];
  for (const runId of runIds) {
    try {
      values.push(await read(runId));
    } catch (error) {
      const record = await runs.get(runId).catch(() => null);
      unreadable.push({ runId, progress: record === null ? null : progressOf(record), error: toErrorValue(error) });
    }
  }
  return { read: values, unreadable };
}
