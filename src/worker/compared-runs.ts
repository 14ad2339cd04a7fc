import { type ErrorValue, toErrorValue } from "../base/errors";
import { decodeEvaluation, EVALUATION_FILE } from "../engine/evaluation-file";
import { storedPlan } from "../engine/networks";
import { storedRun } from "../engine/runs";
import type { ComparableMetric, Metric, RunRecord, TrainingStage } from "../model/run";
import type { ComparedRunView, ComparisonView, MetricLine } from "../protocol/views";
import type { Shelves } from "./shelves";

type Read = Pick<Shelves, "runs" | "desk">;

/** Runs side by side, read one after the other; one that cannot be read does not hide the others. */
export async function comparedRuns(
  shelves: Read,
  runIds: readonly string[],
  stage: TrainingStage,
  metric: ComparableMetric,
): Promise<ComparisonView> {
  const read: ComparedRunView[] = [];
  const unreadable: { runId: string; error: ErrorValue }[] = [];
  for (const runId of new Set(runIds)) {
    try {
      read.push(await comparedRun(shelves, runId, stage, metric));
    } catch (error) {
      unreadable.push({ runId, error: toErrorValue(error) });
    }
  }
  return { stage, metric, runs: read, unreadable };
}

/** What a run came to, and one metric of one of its stages at full resolution: 24 bytes a point. Throws where its files are damaged. */
async function comparedRun(
  { runs, desk }: Read,
  runId: string,
  stage: TrainingStage,
  metric: ComparableMetric,
): Promise<ComparedRunView> {
  const record = await storedRun(runs, runId);
  // The one long list of this: it is not held beyond these lines, so that only one run's is in memory at a time.
  const metrics = await desk.metricsOf(runId);
  const [best, line] = [bestValidation(metrics), lineOf(metrics, stage, metric)];
  const file = record.evaluated ? await runs.readFile(runId, EVALUATION_FILE) : null;
  const evaluation = file === null ? null : decodeEvaluation(file.bytes);
  return {
    ...{ runId, best, line },
    unsplit: evaluation?.unsplit.top1 ?? null,
    split: evaluation?.split?.top1 ?? null,
    cost: await costOf({ runs }, record),
  };
}

/** The best validation of either stage, the earlier of equal ones. */
function bestValidation(metrics: readonly Metric[]): ComparedRunView["best"] {
  let best: ComparedRunView["best"] = null;
  for (const metric of metrics) {
    if (metric.kind !== "validation" || (best !== null && metric.top1 <= best.top1)) continue;
    best = { stage: metric.stage, step: metric.step, top1: metric.top1 };
  }
  return best;
}

function lineOf(metrics: readonly Metric[], stage: TrainingStage, name: ComparableMetric): MetricLine {
  const points: { readonly step: number; readonly time: number; readonly value: number }[] = [];
  for (const metric of metrics) {
    if (metric.stage !== stage) continue;
    const value = recorded(metric, name);
    if (value !== null) points.push({ step: metric.step, time: metric.time, value });
  }
  return {
    steps: Float64Array.from(points, ({ step }) => step),
    times: Float64Array.from(points, ({ time }) => time),
    values: Float64Array.from(points, ({ value }) => value),
  };
}

/** Null where metrics of this kind do not have it. */
function recorded(metric: Metric, name: ComparableMetric): number | null {
  if (metric.kind === "validation") return name === "loss" || name === "top1" || name === "top5" ? metric[name] : null;
  return name === "loss" || name === "top1" || name === "top5" ? null : metric[name];
}

async function costOf(files: Parameters<typeof storedPlan>[0], record: RunRecord): Promise<ComparedRunView["cost"]> {
  if (record.phase === "grouping" || record.phase === "grouped") return null;
  const { unsplit, split } = (await storedPlan(files, record)).tree;
  return { unsplit, split };
}
