import { filled, hostTensor } from "../base/tensor";
import { curveColumns } from "../model/curve-columns";
import { presetConfig } from "../model/presets";
import { splitTree } from "../splitnet/savings";
import type { ExportInput } from "./export-input";
import { exampleNetwork } from "./testing";
import { textFile } from "./zip";

const REPORT = {
  count: 40,
  loss: 1.25,
  top1: 0.55,
  top5: 0.975,
  secondsPerImage: 0.002,
  predictions: [],
  truthScores: [],
  predictionScores: [],
  confusion: [1, 2, 3, 4],
};
const SUBSETS = {
  perClass: [],
  perGroup: [
    { index: 0, count: 30, top1: 0.5 },
    { index: 3, count: 10, top1: 0.7 },
  ],
  perSuperclass: [],
};

export const exampleSplit = exampleNetwork({
  grouping: "2-4-4",
  blockOrder: "pre-activation",
  sizes: "uneven",
  classes: 9,
});

/** What an export is made of, for tests: names that could act as markup, and accuracies that differ. */
export const bundleInput: ExportInput = {
  version: "0.1.0",
  run: {
    id: "run-1",
    createdAt: Date.UTC(2026, 10, 22),
    config: { ...presetConfig("tiny"), grouping: "2-4-4" },
    datasetId: "ab",
    datasetSource: "sample data",
    classes: ["plain", "a|b", "<b>", "x`y", "two words", "f", "g", 'h"i', "j,k"],
    superclasses: ["s", "t"],
    superclassOf: [0, 0, 0, 0, 1, 1, 1, 1, 1],
    phase: "finetuned",
    checkpointStep: 200,
    evaluated: true,
    resumes: [],
    forkedFrom: null,
    importedFrom: null,
    failure: null,
  },
  dataset: { source: "sample data", original: null, trainCount: 1200, testCount: 40 },
  plan: exampleSplit.plan,
  tree: splitTree(exampleSplit.dense, exampleSplit.plan),
  tensors: { parameters: exampleSplit.network.parameters, statistics: exampleSplit.network.statistics },
  assignments: exampleSplit.assignments,
  evaluation: { unsplit: { ...REPORT, ...SUBSETS }, split: { ...REPORT, ...SUBSETS, top1: 0.5125 } },
  curves: curveColumns([]),
  runFiles: [textFile("run.json", () => "{}")],
  check: {
    images: filled([2, 3, 32, 32], 0.5),
    logits: hostTensor(
      [2, 9],
      Float32Array.from({ length: 18 }, (_, i) => i),
    ),
  },
};
