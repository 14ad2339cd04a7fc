import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import { bundleFiles } from "../../src/export/bundle";
import type { ExportCheck, ExportInput } from "../../src/export/export-input";
import type { Example } from "../../src/export/testing";
import { textFile, zipStream } from "../../src/export/zip";
import { curveColumns } from "../../src/model/curve-columns";
import { presetConfig } from "../../src/model/presets";
import type { Metric } from "../../src/model/run";
import { splitTree } from "../../src/splitnet/savings";

const METRICS: readonly Metric[] = Array.from({ length: 5 }, (_, step) => ({
  kind: "step",
  stage: step < 3 ? "group" : "finetune",
  step: step % 3,
  learningRate: 0.1,
  accuracy: step / 8,
  time: Date.UTC(2026, 10, 22) + step,
  ...{ crossEntropy: 2.5 - step / 4, l2: 0.25, overlap: 0, weightSplit: 0, uniform: 0, total: 2.75 - step / 4 },
}));

/** A whole export of an example network, as after training on sample data. */
export function exampleInput({ dense, plan, network, assignments }: Example, grouping: string, check: ExportCheck): ExportInput {
  const classes = network.classOrder.length;
  return {
    version: "0.1.0",
    run: {
      id: "run-1",
      createdAt: Date.UTC(2026, 10, 22),
      config: { ...presetConfig("tiny"), grouping },
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
      importedFrom: null,
      failure: null,
    },
    dataset: { source: "sample data", original: null, trainCount: 1200, testCount: 40 },
    plan,
    tree: splitTree(dense, plan),
    tensors: { parameters: network.parameters, statistics: network.statistics },
    assignments,
    evaluation: null,
    curves: curveColumns(METRICS),
    check,
    runFiles: [textFile("run.json", () => "{}")],
  };
}

/** A bundle unpacked into a folder of its own. */
export interface UnpackedBundle {
  readonly folder: string;
  /** In the order of the archive, SHA256SUMS last. */
  readonly names: readonly string[];
  remove(): void;
}

/** Writes every file of the bundle, checksums included. */
export async function unpackBundle(input: ExportInput): Promise<UnpackedBundle> {
  const folder = mkdtempSync(join(tmpdir(), "splitnet-bundle-"));
  const files = await unzipped(input);
  for (const [name, bytes] of files) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
  return { folder, names: [...files.keys()], remove: () => rmSync(folder, { recursive: true, force: true }) };
}

async function unzipped(input: ExportInput): Promise<ReadonlyMap<string, Uint8Array>> {
  const archive = zipStream(bundleFiles(input), { modifiedAt: input.run.createdAt, checksums: true });
  return new Map(Object.entries(unzipSync(new Uint8Array(await new Response(archive).arrayBuffer()))));
}
