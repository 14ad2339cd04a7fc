import { z } from "zod";
import { StorageError } from "../base/errors";
import { configSchema } from "../model/config";
import type { Metric, RunRecord, TrainingStage } from "../model/run";

/** Parsers of what comes back from storage: another version, or a person, may have written it. */

const stage = z.enum(["group", "finetune"]);
const steps = z.int().min(0);
const labels = z.array(z.string()).max(256);

const recordSchema: z.ZodType<RunRecord> = z.object({
  id: z.string().regex(/^[a-z0-9-]{1,100}$/),
  createdAt: z.number(),
  config: configSchema,
  datasetId: z.string(),
  datasetSource: z.string(),
  classes: labels,
  superclasses: labels,
  superclassOf: z.array(z.int().min(0)),
  phase: z.enum(["grouping", "grouped", "finetuning", "finetuned"]),
  checkpointStep: steps,
  evaluated: z.boolean(),
  failure: z.object({ name: z.string(), message: z.string(), cure: z.string() }).nullable(),
});

const common = { stage, step: steps, time: z.number() };
const metricSchema: z.ZodType<Metric> = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("step"),
    ...common,
    learningRate: z.number(),
    accuracy: z.number(),
    crossEntropy: z.number(),
    l2: z.number(),
    overlap: z.number(),
    weightSplit: z.number(),
    uniform: z.number(),
    total: z.number(),
  }),
  z.object({ kind: z.literal("validation"), ...common, loss: z.number(), top1: z.number(), top5: z.number() }),
]);

/** A stored run record; throws StorageError naming the fields at fault. `where` is the file or key it came from. */
export function parseRunRecord(value: unknown, where: string): RunRecord {
  const result = recordSchema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join(".") || "record"}: ${issue.message}`);
  throw new StorageError(`${where} is not the record of a run: ${problems.join("; ")}`, "Remove this run and group again.");
}

/** A stored metric, null if it is not one: a killed process can leave half a line. */
export function parseMetric(value: unknown): Metric | null {
  return metricSchema.safeParse(value).data ?? null;
}

/** Whether a metric survives resuming `stage` at `step`: earlier steps, and validations up to that step. */
export function survivesRewind(metric: Metric, stage: TrainingStage, step: number): boolean {
  if (metric.stage !== stage) return true;
  return metric.kind === "step" ? metric.step < step : metric.step <= step;
}
