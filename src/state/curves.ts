import type { Metric, StepMetric, TrainingStage, ValidationMetric } from "../model/run";
import { appendRows, columnOf, emptySeries, keepRows, type Series } from "./series";

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
] as const;
export const VALIDATION_COLUMNS = ["step", "loss", "top1", "top5"] as const;
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
    steps: keepRows(steps, countBelow(columnOf(steps, "step"), step)),
    validations: keepRows(validations, countBelow(columnOf(validations, "step"), step + 1)),
  };
  return { ...curves, [stage]: rewound };
}

/** Number of leading values below `limit`; values ascend. */
function countBelow(values: Float64Array, limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
