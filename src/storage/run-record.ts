import { z } from "zod";
import { StorageError } from "../base/errors";
import { type Migration, migrated } from "../base/migrations";
import { describeProblems, parseSafely } from "../base/problems";
import { holdsMoreThan } from "../base/value-size";
import { configSchema } from "../model/config";
import { type Metric, type RunOrigin, type RunRecord, type TrainingStage, WEIGHT_FORMATS } from "../model/run";
import { isRunId } from "./names";

/** Parsers of what comes back from storage: another version, or a person, may have written it. */

const stage = z.enum(["group", "finetune"]);
const steps = z.int().min(0);
const labels = z.array(z.string()).max(256);

const superclassesFit = [
  ({ classes, superclasses, superclassOf }: Pick<RunOrigin, "classes" | "superclasses" | "superclassOf">): boolean =>
    superclassOf.length === classes.length && superclassOf.every((label) => label < superclasses.length),
  "superclassOf does not give every class one of the superclasses",
] as const;

/** Values in a record: its configuration, and three lists for at most 256 classes. */
const LARGEST_RECORD = 4000;

const originShape = {
  config: configSchema,
  datasetId: z.string(),
  datasetSource: z.string(),
  classes: labels,
  superclasses: labels,
  superclassOf: z.array(z.int().min(0)),
};

const originSchema: z.ZodType<RunOrigin> = z.object(originShape).refine(...superclassesFit);

const recordSchema: z.ZodType<RunRecord> = z
  .object({
    id: z.string().refine(isRunId, "not the id of a run"),
    createdAt: z.number(),
    ...originShape,
    phase: z.enum(["grouping", "grouped", "finetuning", "finetuned"]),
    checkpointStep: steps,
    evaluated: z.boolean(),
    resumes: z.array(z.object({ stage, step: steps, retaken: steps, time: z.number() })),
    forkedFrom: z.object({ runId: z.string().refine(isRunId, "not the id of a run"), stage, step: steps }).nullable(),
    importedFrom: z
      .object({ format: z.enum(WEIGHT_FORMATS), parts: z.array(z.string().max(200)).max(1000).nullable() })
      .nullable(),
    failure: z.object({ name: z.string(), message: z.string(), cure: z.string() }).nullable(),
  })
  .refine(...superclassesFit);

/** Values in a metric: some 12. */
const LARGEST_METRIC = 50;

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

/** Records as versions of the studio have written them; the first ones bore no number. */
const MIGRATIONS: readonly Migration<object>[] = [
  (first) => ({ ...first, resumes: [] }),
  (second) => ({ ...second, forkedFrom: null }),
  (third) => ({ ...third, importedFrom: null }),
];

/** A record as it is stored: with the version of its format. */
export function storedRecord(record: RunRecord): object {
  return { version: MIGRATIONS.length + 1, ...record };
}

/** A stored run record of any version; throws StorageError naming the fields at fault. `where` is the file or key it came from. */
export function parseRunRecord(value: unknown, where: string): RunRecord {
  const unfit = (problems: string): StorageError =>
    new StorageError(`${where} is not the record of a run: ${problems}`, "Remove this run and group again.");
  if (holdsMoreThan(value, LARGEST_RECORD)) throw unfit(`it holds more than ${LARGEST_RECORD} values`);
  if (typeof value !== "object" || value === null) throw unfit("it is no object");
  const version = "version" in value ? value.version : 1;
  const newest = migrated<object>(value, Number(version), MIGRATIONS);
  if (newest === null) {
    throw new StorageError(
      `${where} is of version ${String(version)}, and this program knows versions up to ${MIGRATIONS.length + 1}`,
      "Open it with the newest studio: reload the page, or update the command line.",
    );
  }
  const result = parseSafely(recordSchema, newest);
  if (result.success) return result.data;
  throw unfit(describeProblems(result.error.issues, "record"));
}

/** What a stored run began with; throws StorageError naming the fields at fault. */
export function parseRunOrigin(value: unknown, where: string): RunOrigin {
  const unfit = (problems: string): StorageError =>
    new StorageError(
      `${where} does not tell what its run began with: ${problems}`,
      "Load the whole run instead, as Save as file made it.",
    );
  if (holdsMoreThan(value, LARGEST_RECORD)) throw unfit(`it holds more than ${LARGEST_RECORD} values`);
  const result = parseSafely(originSchema, value);
  if (result.success) return result.data;
  throw unfit(describeProblems(result.error.issues, "origin"));
}

/** A stored metric, null if it is not one: a killed process can leave half a line. */
export function parseMetric(value: unknown): Metric | null {
  if (holdsMoreThan(value, LARGEST_METRIC)) return null;
  return metricSchema.safeParse(value).data ?? null;
}

/** Metrics that resuming `stage` at `step` leaves, and those that it takes back. */
export function rewound(
  metrics: readonly Metric[],
  stage: TrainingStage,
  step: number,
): { readonly kept: readonly Metric[]; readonly superseded: readonly Metric[] } {
  const survives = (metric: Metric): boolean => survivesRewind(metric, stage, step);
  return { kept: metrics.filter(survives), superseded: metrics.filter((metric) => !survives(metric)) };
}

/** Whether a metric survives resuming `stage` at `step`: earlier steps, and validations up to that step. */
export function survivesRewind(metric: Metric, stage: TrainingStage, step: number): boolean {
  if (metric.stage !== stage) return true;
  return metric.kind === "step" ? metric.step < step : metric.step <= step;
}
