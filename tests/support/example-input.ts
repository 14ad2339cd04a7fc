import { filled } from "../../src/base/tensor";
import type { ExportInput } from "../../src/export/export-input";
import { type ExampleOptions, exampleNetwork } from "../../src/export/testing";
import { textFile } from "../../src/export/zip";
import { curveColumns } from "../../src/model/curve-columns";
import { presetConfig } from "../../src/model/presets";
import { splitTree } from "../../src/splitnet/savings";

/** Everything an export of an example network is made of, as after training on sample data: two test images, and logits that are no network's. */
export function exampleInput(options: ExampleOptions): ExportInput {
  const { dense, plan, network, assignments } = exampleNetwork(options);
  const { classes } = options;
  return {
    version: "0.1.0",
    run: {
      id: "run-1",
      createdAt: Date.UTC(2026, 10, 22),
      config: { ...presetConfig("tiny"), grouping: options.grouping, blockOrder: options.blockOrder },
      datasetId: "ab",
      datasetSource: "sample data",
      classes: Array.from({ length: classes }, (_, label) => `class ${label}`),
      superclasses: ["even", "odd"],
      superclassOf: Array.from({ length: classes }, (_, label) => label % 2),
      phase: "finetuned",
      checkpointStep: 200,
      evaluated: false,
      resumes: [],
      forkedFrom: null,
      failure: null,
    },
    dataset: { source: "sample data", original: null, trainCount: 1200, testCount: 40 },
    plan,
    tree: splitTree(dense, plan),
    tensors: { parameters: network.parameters, statistics: network.statistics },
    assignments,
    evaluation: null,
    curves: curveColumns([]),
    check: { images: filled([2, 3, 32, 32], 0.5), logits: filled([2, classes], 0.5) },
    runFiles: [textFile("run.json", () => "{}")],
  };
}
