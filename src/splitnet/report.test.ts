import { expect, test } from "vitest";
import { evaluationReport } from "./report";

// Three classes, five images; the last image's class is second.
const logits = Float32Array.from([5, 1, 0, 0, 7, 2, 1, 0, 3, 4, 0, 1, 2, 3, 1]);
const report = evaluationReport({
  logits,
  labels: Uint8Array.from([0, 1, 2, 0, 0]),
  classes: 3,
  classGroups: [0, 1, 1],
  superclassOf: [0, 0, 1],
  seconds: 2,
});

test("top-1, top-5 and time per image count what they say", () => {
  expect(report.top1).toBe(4 / 5);
  expect(report.top5).toBe(1);
  expect(report.secondsPerImage).toBe(2 / 5);
});

test("the confusion matrix has truth in rows and predictions in columns", () => {
  expect(report.confusion).toEqual([2, 1, 0, 0, 1, 0, 0, 0, 1]);
  expect(report.predictions).toEqual([0, 1, 2, 0, 1]);
});

test("the scores are the softmax at the image's class and at its prediction, and equal where both are the same", () => {
  const [first, , , , last] = [0, 3, 6, 9, 12].map((start) => {
    const powers = Array.from(logits.slice(start, start + 3), Math.exp);
    return powers.map((power) => power / powers.reduce((a, b) => a + b));
  });
  expect(report.truthScores[0]).toBeCloseTo(first![0]!, 6);
  expect(report.truthScores[4]).toBeCloseTo(last![0]!, 6);
  expect(report.predictionScores[4]).toBeCloseTo(last![1]!, 6);
  expect(report.predictionScores.slice(0, 4)).toEqual(report.truthScores.slice(0, 4));
});

test("accuracies by class, group and superclass weigh images alike", () => {
  expect(report.perClass.map((subset) => subset.top1)).toEqual([2 / 3, 1, 1]);
  expect(report.perGroup).toEqual([
    { index: 0, count: 3, top1: 2 / 3 },
    { index: 1, count: 2, top1: 1 },
  ]);
  expect(report.perSuperclass.map((subset) => subset.count)).toEqual([4, 1]);
});

test("the loss is the mean of -log softmax", () => {
  const rows = [0, 3, 6, 9, 12].map((start) => Array.from(logits.slice(start, start + 3)));
  const labels = [0, 1, 2, 0, 0];
  const expected = rows.map((row, i) => Math.log(row.reduce((sum, value) => sum + Math.exp(value), 0)) - row[labels[i]!]!);
  expect(report.loss).toBeCloseTo(expected.reduce((a, b) => a + b) / 5, 6);
});
