import type { Metric, StepMetric, TrainingStage, ValidationMetric } from "../model/run";
import { appendRows, columnOf, emptySeries, indexFrom, keepRows, type Series } from "./series";

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

/** All points of one stage at full resolution. */
export interface StageCurves {
  readonly steps: Series<StepColumn>;
  readonly validations: Series<ValidationColumn>;
}

export type Curves = Readonly<Record<TrainingStage, StageCurves>>;

export function emptyCurves(): Curves {
  return { group: emptyStage(), finetune: emptyStage() };
}

function emptyStage(): StageCurves {
  return { steps: emptySeries(STEP_COLUMNS), validations: emptySeries(VALIDATION_COLUMNS) };
}

/** The curves with metrics of either stage added, in the order given. */
export function appendMetrics(curves: Curves, metrics: readonly Metric[]): Curves {
  return { group: appendTo(curves, "group", metrics), finetune: appendTo(curves, "finetune", metrics) };
}

function appendTo(curves: Curves, stage: TrainingStage, metrics: readonly Metric[]): StageCurves {
  const { steps, validations } = curves[stage];
  const own = metrics.filter((metric) => metric.stage === stage);
  if (own.length === 0) return curves[stage];
  return {
    steps: appendRows(
      steps,
      own.filter((metric): metric is StepMetric => metric.kind === "step"),
    ),
    validations: appendRows(
      validations,
      own.filter((metric): metric is ValidationMetric => metric.kind === "validation"),
    ),
  };
}

/** Drops steps from `step` on and validations after it: the stage was resumed there (as `RunStore.rewindMetrics`). */
export function rewindCurves(curves: Curves, stage: TrainingStage, step: number): Curves {
  const { steps, validations } = curves[stage];
  const rewound: StageCurves = {
    steps: keepRows(steps, indexFrom(columnOf(steps, "step"), step)),
    validations: keepRows(validations, indexFrom(columnOf(validations, "step"), step + 1)),
  };
  return { ...curves, [stage]: rewound };
}
