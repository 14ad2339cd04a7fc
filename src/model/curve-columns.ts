import { recordOf } from "../base/record";
import type { Metric, StepMetric, TrainingStage, ValidationMetric } from "./run";

/** Metrics of a run as columns of numbers: a run of 320,000 steps is 26 MB so, and many times that as objects. */

export const STEP_COLUMNS = [
  "step",
  "crossEntropy",
  "l2",
  "overlap",
  "weightSplit",
  "uniform",
  "total",
  "learningRate",
  "accuracy",
  "time",
] as const;
export const VALIDATION_COLUMNS = ["step", "loss", "top1", "top5", "time"] as const;
export type StepColumn = (typeof STEP_COLUMNS)[number];
export type ValidationColumn = (typeof VALIDATION_COLUMNS)[number];

/** One array a name, all of one length. */
export type Columns<Name extends string> = Readonly<Record<Name, Float64Array>>;

/** The metrics of one stage; steps ascend. */
export interface StageColumns {
  readonly steps: Columns<StepColumn>;
  readonly validations: Columns<ValidationColumn>;
}

export type CurveColumns = Readonly<Record<TrainingStage, StageColumns>>;

/** The metrics as columns, in the order given within each stage and kind. */
export function curveColumns(metrics: readonly Metric[]): CurveColumns {
  const of = (stage: TrainingStage): StageColumns => ({
    steps: columns(
      STEP_COLUMNS,
      metrics.filter((metric): metric is StepMetric => metric.stage === stage && metric.kind === "step"),
    ),
    validations: columns(
      VALIDATION_COLUMNS,
      metrics.filter((metric): metric is ValidationMetric => metric.stage === stage && metric.kind === "validation"),
    ),
  });
  return { group: of("group"), finetune: of("finetune") };
}

/** The metrics of columns, stage by stage, each validation before the first step after it. */
export function metricsOfColumns(curves: CurveColumns): Metric[] {
  return [...eachMetric(curves)];
}

/** The same one at a time: what is written out need not be held as objects. */
export function* eachMetric({ group, finetune }: CurveColumns): Generator<Metric> {
  yield* stageMetrics("group", group);
  yield* stageMetrics("finetune", finetune);
}

/** Columns one after the other. */
export function joinColumns(parts: readonly CurveColumns[]): CurveColumns {
  const of = (stage: TrainingStage): StageColumns => ({
    steps: joined(
      STEP_COLUMNS,
      parts.map((part) => part[stage].steps),
    ),
    validations: joined(
      VALIDATION_COLUMNS,
      parts.map((part) => part[stage].validations),
    ),
  });
  return { group: of("group"), finetune: of("finetune") };
}

/** How many metrics there are. */
export function columnsLength({ group, finetune }: CurveColumns): number {
  return [group, finetune].reduce((sum, { steps, validations }) => sum + steps.step.length + validations.step.length, 0);
}

function columns<Name extends string>(names: readonly Name[], rows: readonly Readonly<Record<Name, number>>[]): Columns<Name> {
  return recordOf(names, (name) => Float64Array.from(rows, (row) => row[name]));
}

function joined<Name extends string>(names: readonly Name[], parts: readonly Columns<Name>[]): Columns<Name> {
  return recordOf(names, (name) => {
    const whole = new Float64Array(parts.reduce((length, part) => length + part[name].length, 0));
    let offset = 0;
    for (const part of parts) {
      whole.set(part[name], offset);
      offset += part[name].length;
    }
    return whole;
  });
}

function* stageMetrics(stage: TrainingStage, { steps, validations }: StageColumns): Generator<Metric> {
  let next = 0;
  const due = (step: number): boolean => next < validations.step.length && validations.step[next]! <= step;
  for (let index = 0; index < steps.step.length; index++) {
    while (due(steps.step[index]!)) yield { kind: "validation", stage, ...row(VALIDATION_COLUMNS, validations, next++) };
    yield { kind: "step", stage, ...row(STEP_COLUMNS, steps, index) };
  }
  while (due(Number.POSITIVE_INFINITY)) yield { kind: "validation", stage, ...row(VALIDATION_COLUMNS, validations, next++) };
}

function row<Name extends string>(names: readonly Name[], from: Columns<Name>, index: number): Readonly<Record<Name, number>> {
  return recordOf(names, (name) => from[name][index]!);
}
