import type { NamedTensors } from "../base/tensor";
import { eachMetric } from "../model/curve-columns";
import { allParts, leafParts, type NetworkPart, networkParts } from "../splitnet/parts";
import { assignmentTensors } from "./assignments";
import { exportConfig } from "./config-json";
import type { ExportCheck, ExportInput } from "./export-input";
import { ONNX_INPUT, ONNX_OUTPUT, ONNX_PRODUCER, onnxModel } from "./onnx";
import { onnxMerge, onnxOfClasses, onnxPart, partName } from "./onnx-parts";
import { type ExportNetwork, portableTensors } from "./portable";
import splitnetPython from "./python/splitnet.py?raw";
import { exportReadme } from "./readme";
import { encodeSafetensors } from "./safetensors";
import { classesCsv, metricsCsvParts } from "./tables";
import { eventFiles } from "./tensorboard";
import { tfjsFiles } from "./tfjs";
import { type ExportFile, textFile, textPartsFile } from "./zip";

/** Folder of the bundle that holds the run to go on with. */
export const RUN_FOLDER = "run/";
const TFJS_FOLDER = "tfjs/";

/** Every file of the bundle but SHA256SUMS. They depend on the input alone: the same run gives the same bytes. */
export function bundleFiles(input: ExportInput): readonly ExportFile[] {
  const { plan, tensors, evaluation } = input;
  const network: ExportNetwork = { name: plan.spec.name, spec: plan.spec, classOrder: plan.classOrder, ...tensors };
  const root = networkParts(plan, input.tree, tensors);
  return [
    textFile("README.md", () => exportReadme(input)),
    textFile("config.json", () => json(exportConfig(input))),
    { name: "model.safetensors", make: () => encodeSafetensors(portableTensors(network), weightsMetadata(network)) },
    textFile("splitnet.py", () => splitnetPython),
    ...assignmentFiles(input),
    { name: "onnx/model.onnx", make: () => onnxModel(network) },
    ...partFiles(root),
    ...inFolder(TFJS_FOLDER, tfjsFiles(root)),
    { name: "check.safetensors", make: () => encodeSafetensors(checkTensors(input.check), { producer: ONNX_PRODUCER }) },
    textFile("classes.csv", () => classesCsv(input)),
    textPartsFile("metrics.csv", () => metricsCsvParts(eachMetric(input.curves))),
    ...eventFiles(input.run, input.curves),
    ...(evaluation === null ? [] : [textFile("evaluation.json", () => json(evaluation))]),
    ...inFolder(RUN_FOLDER, input.runFiles),
  ];
}

/** Nothing where nothing is grouped. */
function assignmentFiles(input: ExportInput): readonly ExportFile[] {
  if (input.plan.spaces.length === 0) return [];
  const make = () => encodeSafetensors(assignmentTensors(input), { format: "pt", producer: ONNX_PRODUCER });
  return [{ name: "assignments.safetensors", make }];
}

/** The nodes of the tree each as a file, the way to every leaf, and what puts the leaves' logits together; nothing where there is no branch. */
function partFiles(root: NetworkPart): readonly ExportFile[] {
  if (root.children.length === 0) return [];
  return [
    ...allParts(root).map((part) => ({ name: `onnx/${partName(part)}.onnx`, make: () => onnxPart(part) })),
    { name: "onnx/merge.onnx", make: () => onnxMerge(root) },
    ...leafParts(root).map((leaf) => ({
      name: `onnx/${partName(leaf).replace("branch", "path")}.onnx`,
      make: () => onnxOfClasses(root, leaf.classes!),
    })),
  ];
}

function inFolder(folder: string, files: readonly ExportFile[]): readonly ExportFile[] {
  return files.map(({ name, make }) => ({ name: `${folder}${name}`, make }));
}

/** Under the names of the ONNX graph. */
function checkTensors({ images, logits }: ExportCheck): NamedTensors {
  return new Map([
    [ONNX_INPUT, images],
    [ONNX_OUTPUT, logits],
  ]);
}

function weightsMetadata({ name, classOrder }: ExportNetwork): Record<string, string> {
  return { format: "pt", producer: ONNX_PRODUCER, model: name, class_order: JSON.stringify(classOrder) };
}

/** Indented, with lists of numbers on one line. */
function json(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  return `${text.replaceAll(/\[\n[-+.eE\d,\s]+\]/g, (list) => list.replaceAll(/\s+/g, ""))}\n`;
}
