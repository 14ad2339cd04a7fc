import { z } from "zod";
import { parseSafely } from "../base/problems";
import { holdsMoreThan } from "../base/value-size";
import { groupingSpec } from "../model/build";
import { totalCost } from "../model/cost";
import type { CurveColumns } from "../model/curve-columns";
import { progressOf, type RunRecord } from "../model/run";
import type { RunSummary } from "../model/run-summary";
import { decodeEvaluation, EVALUATION_FILE } from "./evaluation-file";
import { storedPlan } from "./networks";
import type { CheckpointFiles } from "./stored-checkpoint";

/** Values in a summary: a list for at most 256 classes, and some twenty beside it. */
const LARGEST_SUMMARY = 400;

const share = z.number().min(0).max(1);
const cost = z.strictObject({ parameters: z.number().min(0), flops: z.number().min(0) });
const summarySchema: z.ZodType<RunSummary> = z.strictObject({
  runId: z.string(),
  progress: z.string(),
  best: z.strictObject({ stage: z.enum(["group", "finetune"]), step: z.int().min(0), top1: share }).nullable(),
  unsplit: share.nullable(),
  split: share.nullable(),
  cost: z.strictObject({ unsplit: cost, split: cost.nullable() }),
  classGroups: z.array(z.int().min(0)).nullable(),
});
/** A summary of another version is made again: all of it follows from what is stored. */
const storedSchema = z.strictObject({ version: z.literal(1), summary: summarySchema });

export function storedSummary(summary: RunSummary): z.infer<typeof storedSchema> {
  return { version: 1, summary };
}

/** A summary as it was stored; null where it is none of this run. */
export function parseRunSummary(value: unknown, runId: string): RunSummary | null {
  if (value === undefined || holdsMoreThan(value, LARGEST_SUMMARY)) return null;
  const parsed = parseSafely(storedSchema, value);
  return parsed.success && parsed.data.summary.runId === runId ? parsed.data.summary : null;
}

/** What the run came to, from its files and all of its curves; throws CheckpointError where its plan is damaged. */
export async function summaryOf(files: CheckpointFiles, record: RunRecord, curves: CurveColumns): Promise<RunSummary> {
  const file = record.evaluated ? await files.runs.readFile(record.id, EVALUATION_FILE) : null;
  const evaluation = file === null ? null : decodeEvaluation(file.bytes);
  return {
    runId: record.id,
    progress: progressOf(record),
    best: bestValidation(curves),
    unsplit: evaluation?.unsplit.top1 ?? null,
    split: evaluation?.split?.top1 ?? null,
    ...(await splitOf(files, record)),
  };
}

async function splitOf(files: CheckpointFiles, record: RunRecord): Promise<Pick<RunSummary, "cost" | "classGroups">> {
  if (record.phase === "grouping" || record.phase === "grouped") {
    return { cost: { unsplit: totalCost(groupingSpec(record.config, record.classes.length)), split: null }, classGroups: null };
  }
  const { tree, partitions } = await storedPlan(files, record);
  const { unsplit, split } = tree;
  return { cost: { unsplit, split }, classGroups: partitions.get("classes")?.groupOf ?? null };
}

function bestValidation(curves: CurveColumns): RunSummary["best"] {
  let best: RunSummary["best"] = null;
  for (const stage of ["group", "finetune"] as const) {
    const { step, top1 } = curves[stage].validations;
    top1.forEach((value, index) => {
      if (best === null || value > best.top1) best = { stage, step: step[index]!, top1: value };
    });
  }
  return best;
}
