import { expect, test } from "vitest";
import { columnsLength, curveColumns, joinColumns, metricsOfColumns } from "./curve-columns";
import type { Metric, StepMetric, TrainingStage, ValidationMetric } from "./run";

const step = (stage: TrainingStage, at: number): StepMetric => ({
  ...{ kind: "step", stage, step: at, crossEntropy: 2, l2: 3, overlap: 5, weightSplit: 7, uniform: 11 },
  ...{ total: 28 + at, learningRate: 0.1, accuracy: 0.5, time: 1000 + at },
});
const validation = (stage: TrainingStage, at: number): ValidationMetric => ({
  ...{ kind: "validation", stage, step: at, loss: 1, top1: 0.25, top5: 0.75, time: 2000 + at },
});
const METRICS: readonly Metric[] = [
  ...[step("group", 0), step("group", 1), validation("group", 2), step("group", 2), validation("group", 3)],
  ...[validation("finetune", 0), step("finetune", 0)],
];

test("metrics made into columns and back are the same, validations before the step that follows them", () => {
  expect(metricsOfColumns(curveColumns(METRICS))).toEqual(METRICS);
  expect(columnsLength(curveColumns(METRICS))).toBe(METRICS.length);
});

test("columns joined are those of the metrics one after the other", () => {
  const parts = [METRICS.slice(0, 2), [], METRICS.slice(2)].map(curveColumns);
  expect(joinColumns(parts)).toEqual(curveColumns(METRICS));
  expect(joinColumns([])).toEqual(curveColumns([]));
});
