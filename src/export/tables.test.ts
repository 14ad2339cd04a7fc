import { expect, test } from "vitest";
import { presetConfig } from "../model/presets";
import type { Metric } from "../model/run";
import { metricsCsv, metricsCsvParts, metricsJsonParts, metricsLineParts } from "./tables";

const STEP: Metric = {
  kind: "step",
  stage: "group",
  step: 3,
  time: 1_700_000_000_123,
  learningRate: 0.1,
  accuracy: 0.25,
  crossEntropy: 1.5,
  l2: 0.7,
  overlap: 0.11,
  weightSplit: 0.13,
  uniform: 1e-7,
  total: 2.44,
};
const VALIDATION: Metric = { kind: "validation", stage: "finetune", step: 5, time: 17, loss: 2.5, top1: 0.3, top5: 0.6 };

test("columns stand in a fixed order whatever the order of a metric's fields", () => {
  const reordered: Metric = { ...VALIDATION, kind: "validation" };
  expect(metricsCsv([STEP, reordered])).toBe(
    "kind,stage,step,time,learningRate,accuracy,crossEntropy,l2,overlap,weightSplit,uniform,total,loss,top1,top5\r\n" +
      "step,group,3,1700000000123,0.1,0.25,1.5,0.7,0.11,0.13,1e-7,2.44,,,\r\n" +
      "validation,finetune,5,17,,,,,,,,,2.5,0.3,0.6\r\n",
  );
});

test("no row is left out and every number reads back exactly", () => {
  const metrics = Array.from({ length: 5000 }, (_, step): Metric => ({ ...STEP, step, total: Math.sqrt(step + 2) / 3 }));
  const rows = metricsCsv(metrics).trimEnd().split("\r\n").slice(1);
  expect(rows.length).toBe(5000);
  rows.forEach((row, step) => {
    const cells = row.split(",");
    expect([Number(cells[2]), Number(cells[11])]).toEqual([step, Math.sqrt(step + 2) / 3]);
  });
});

test("a run without metrics gives the heading alone", () => {
  expect(metricsCsv([]).split("\r\n").length).toBe(2);
});

test("in parts a long run is the same rows, none of them twice; as JSON it reads back with its configuration", () => {
  const run = { id: "tiny-1", createdAt: 7, config: presetConfig("tiny"), datasetSource: "sample data" };
  for (const length of [0, 1, 4999, 5000, 5001, 12_000]) {
    const metrics = Array.from({ length }, (_, step): Metric => ({ ...STEP, step }));
    expect([...metricsCsvParts(metrics)].join("")).toBe(metricsCsv(metrics));
    expect(JSON.parse([...metricsJsonParts(run, metrics)].join(""))).toEqual({ run, metrics });
    const lines = [...metricsLineParts(metrics)].join("").split("\n");
    expect([lines.pop(), lines.map((line) => JSON.parse(line))]).toEqual(["", metrics]);
  }
  const parts = [...metricsCsvParts(Array.from({ length: 12_000 }, () => STEP))];
  expect(parts.length).toBe(4);
});
