import { expect, test } from "vitest";
import { readYaml } from "../../tests/support/python-yaml";
import { type Columns, curveColumns, type StepColumn } from "../model/curve-columns";
import type { Verification } from "../splitnet/verification";
import type { ExportInput } from "./export-input";
import { frontMatter } from "./front-matter";
import { exportReadme } from "./readme";
import { subsetReadme } from "./readme-subset";
import { bundleInput } from "./testing-input";
import { yamlBlock } from "./yaml";

/** The front matter as a hub reads it: what lies between the first two lines of three dashes. */
function matterOf(input: ExportInput): unknown {
  const [before, matter, rest] = exportReadme(input).split(/^---$/m);
  expect([before, rest!.startsWith("\n\n# ")]).toEqual(["", true]);
  return readYaml(matter!);
}

test("a hub reads what the model is and how good the split network is", () => {
  expect(matterOf(bundleInput)).toEqual({
    library_name: "splitnet-studio",
    pipeline_tag: "image-classification",
    tags: expect.arrayContaining(["splitnet", "onnx", "safetensors"]),
    metrics: ["accuracy"],
    "model-index": [
      {
        name: bundleInput.plan.spec.name,
        results: [
          {
            task: { type: "image-classification", name: "Image Classification" },
            dataset: { type: "splitnet-sample-data", name: "procedurally drawn sample data", split: "test" },
            metrics: [
              { type: "accuracy", name: "top-1 accuracy", value: 0.5125 },
              { type: "accuracy", name: "top-5 accuracy", value: 0.975 },
            ],
          },
        ],
      },
    ],
  });
});

test("a hub is told of CIFAR-100 only where the checksum matched, and of no accuracy that was not measured", () => {
  const named = (original: string | null) =>
    matterOf({ ...bundleInput, dataset: { ...bundleInput.dataset, source: "cifar-100", original } });
  expect(named("the original cifar-100-python.tar.gz")).toMatchObject({
    datasets: ["cifar100"],
    "model-index": [{ results: [{ dataset: { type: "cifar100", name: "CIFAR-100" } }] }],
  });
  const unknown = named(null);
  expect(unknown).not.toHaveProperty("datasets");
  expect(unknown).toMatchObject({ "model-index": [{ results: [{ dataset: { type: "unverified" } }] }] });
  const unsplit = { ...bundleInput.evaluation!, split: null };
  for (const evaluation of [null, unsplit]) {
    const matter = matterOf({ ...bundleInput, evaluation });
    expect(matter).not.toHaveProperty("model-index");
    expect(matter).not.toHaveProperty("metrics");
  }
});

test("a hub is told how good a choice of classes is among themselves, and of no top-5 of five", () => {
  const measured = { count: 8, original: { top1: 0.75, top5: 0.875, loss: 1 }, variants: [] };
  const matterOfClasses = (classes: number[]) => {
    return readYaml(frontMatter({ ...bundleInput, measured }, classes).replaceAll(/^---$/gm, ""));
  };
  const told = (...metrics: [string, number][]) => ({
    "model-index": [{ results: [{ metrics: metrics.map(([name, value]) => ({ type: "accuracy", name, value })) }] }],
  });
  expect(matterOfClasses([0, 1, 2, 3, 4])).toMatchObject(told(["top-1 accuracy, among 5 classes", 0.75]));
  expect(matterOfClasses([0, 1, 2, 3, 4, 5])).toMatchObject(
    told(["top-1 accuracy, among 6 classes", 0.75], ["top-5 accuracy, among 6 classes", 0.875]),
  );
});

test("the licence of the weights is left to who trained them, and the card says so", () => {
  expect(frontMatter(bundleInput)).not.toContain("license");
  expect(exportReadme(bundleInput)).toContain("The weights belong to who trained them");
});

test("whatever a file is called, the front matter keeps its form and the name", () => {
  const names = ['a: "b"', "- x\n---\n", "\\u0041 \u007f\u0085\u2028\ufeff", "'{[#&*!|>%@`", "true", "1e3", "ü 漢 😀", ""];
  for (const source of names) {
    const name = `${source} (checksum not that of a published archive)`;
    expect(matterOf({ ...bundleInput, dataset: { ...bundleInput.dataset, source } })).toMatchObject({
      "model-index": [{ results: [{ dataset: { name } }] }],
    });
  }
});

test("values come back from YAML as they were", () => {
  const value = { a: ["yes", "null", "2026-11-22", "1_000", 1e-7, 1.5e-9, 0, -3.25, 1e21], b: { c: [[1, 2], [{ d: "e" }]] } };
  expect(readYaml(yamlBlock(value))).toEqual(value);
});

test("the card says how long training took by the clock of its metrics, and that it was taken up again", () => {
  const minutes = (count: number): Columns<StepColumn> => {
    const { steps } = curveColumns([]).group;
    const times = Float64Array.of(1_000, 61_000, 1_000 + 60_000 * count);
    return { ...steps, step: Float64Array.of(0, 1, 2), time: times };
  };
  const { validations } = curveColumns([]).group;
  const curves = { group: { steps: minutes(150), validations }, finetune: { steps: minutes(2), validations } };
  const resumes = [{ stage: "group", step: 1, retaken: 0, time: 5 }] as const;
  const card = exportReadme({ ...bundleInput, curves, run: { ...bundleInput.run, resumes } });
  const { group, finetune } = bundleInput.run.config;
  expect(card).toMatch(new RegExp(`\\| \`group\` \\| 3 of ${group.steps} \\|.*\\| 2 h 30 min \\|`));
  expect(card).toMatch(new RegExp(`\\| \`finetune\` \\| 3 of ${finetune.steps} \\|.*\\| 2 min 0 s \\|`));
  expect(card).toContain("Taken up again once.");
});

test("the card gives parity figures only where something was compared", () => {
  expect(exportReadme(bundleInput)).toContain("Not checked when this was exported.");
  const parity: Verification = {
    checksums: null,
    programs: { onnxRuntime: "1.2.3", tensorflowjs: "4.5.6" },
    verified: [{ what: "whole", name: "onnx/model|.onnx", difference: 1.25e-6, images: 256, sameClass: 255 }],
    tolerance: 1e-3,
    within: true,
  };
  const card = exportReadme({ ...bundleInput, parity });
  expect(card).toContain("| `onnx/model&#124;.onnx` (whole network) | 256 | 1.3e-6 | 255 (99.61 %) |");
  expect(card).toContain("ONNX files in ONNX Runtime 1.2.3 as WebAssembly, against");
  expect(card).not.toContain("Not checked");
  const more = { what: "tensorflowjs", name: "tfjs/model.json", difference: 0, images: 4, sameClass: 4 } as const;
  const both = subsetReadme({ ...bundleInput, parity: { ...parity, verified: [...parity.verified, more] } }, [0, 2]);
  expect(both).toContain("WebAssembly, `tfjs/` in TensorFlow.js 4.5.6 in plain JavaScript, against");
});
