import {
  type CurveColumns,
  STEP_COLUMNS,
  type StageColumns,
  type StepColumn,
  VALIDATION_COLUMNS,
  type ValidationColumn,
} from "../model/curve-columns";
import type { Metric, StepMetric, TrainingStage, ValidationMetric } from "../model/run";
import { appendRows, columnOf, emptySeries, indexFrom, keepRows, type Series, seriesOf } from "./series";

/** All points of one stage at full resolution. */
export interface StageCurves {
  readonly steps: Series<StepColumn>;
  readonly validations: Series<ValidationColumn>;
}

export type Curves = Readonly<Record<TrainingStage, StageCurves>>;

export function emptyCurves(): Curves {
  return { group: emptyStage(), finetune: emptyStage() };
}

/** The curves of columns, which are theirs from now on. */
export function curvesOf({ group, finetune }: CurveColumns): Curves {
  return { group: stageOf(group), finetune: stageOf(finetune) };
}

function stageOf({ steps, validations }: StageColumns): StageCurves {
  return { steps: seriesOf(steps, steps.step.length), validations: seriesOf(validations, validations.step.length) };
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
