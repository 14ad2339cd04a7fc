import type { Metric, TrainingStage, ValidationMetric } from "../model/run";

/** The validation of a stage that its best checkpoint is of. */
export type BestValidation = Pick<ValidationMetric, "step" | "top1">;

/** The stage's first validation of the highest top-1 accuracy; null if there is none above 0. */
export function bestOf(metrics: readonly Metric[], stage: TrainingStage): BestValidation | null {
  const validations = metrics.filter(
    (metric): metric is ValidationMetric => metric.kind === "validation" && metric.stage === stage,
  );
  return validations.reduce<BestValidation | null>(better, null);
}

/** The later one only if it is better. */
export function better(best: BestValidation | null, { step, top1 }: BestValidation): BestValidation | null {
  return top1 > (best?.top1 ?? 0) ? { step, top1 } : best;
}
