import { type ErrorValue, toErrorValue } from "../base/errors";
import { decodeEvaluation, EVALUATION_FILE } from "../engine/evaluation-file";
import { storedPlan } from "../engine/networks";
import { storedRun } from "../engine/runs";
import type { CurveColumns, StageColumns } from "../model/curve-columns";
import type { ComparableMetric, RunRecord, TrainingStage } from "../model/run";
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
  // The one long value of this: it is not held beyond these lines, so that only one run's is in memory at a time.
  const curves = await desk.curvesOf(runId);
  const [best, line] = [bestValidation(curves), lineOf(curves[stage], metric)];
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
function bestValidation(curves: CurveColumns): ComparedRunView["best"] {
  let best: ComparedRunView["best"] = null;
  for (const stage of ["group", "finetune"] as const) {
    const { step, top1 } = curves[stage].validations;
    top1.forEach((share, index) => {
      if (best === null || share > best.top1) best = { stage, step: step[index]!, top1: share };
    });
  }
  return best;
}

function lineOf({ steps, validations }: StageColumns, name: ComparableMetric): MetricLine {
  return name === "loss" || name === "top1" || name === "top5"
    ? { steps: validations.step, times: validations.time, values: validations[name] }
    : { steps: steps.step, times: steps.time, values: steps[name] };
}

async function costOf(files: Parameters<typeof storedPlan>[0], record: RunRecord): Promise<ComparedRunView["cost"]> {
  if (record.phase === "grouping" || record.phase === "grouped") return null;
  const { unsplit, split } = (await storedPlan(files, record)).tree;
  return { unsplit, split };
}
