import { eachMetric } from "../model/curve-columns";
import type { WeightVariant } from "../model/weight-variant";
import { allParts, leafParts, type NetworkPart, networkParts } from "../splitnet/parts";
import { assignmentTensors } from "./assignments";
import { exportConfig, subsetConfig } from "./config-json";
import type { ExportCheck, ExportInput } from "./export-input";
import { type MeasuredWeights, VARIANT_ENDINGS } from "./measured";
import { ONNX_INPUT, ONNX_OUTPUT, ONNX_PRODUCER, onnxModel } from "./onnx";
import { onnxMerge, onnxOfClasses, onnxPart, partName, pathName } from "./onnx-parts";
import { type ExportNetwork, portableTensors } from "./portable";
import splitnetPython from "./python/splitnet.py?raw";
import { exportReadme } from "./readme";
import { subsetReadme } from "./readme-subset";
import { encodeSafetensors } from "./safetensors";
import { servingFiles } from "./serving";
import { classesCsv, metricsCsvParts } from "./tables";
import { eventFiles } from "./tensorboard";
import { tfjsFiles } from "./tfjs";
import { tritonFiles } from "./triton";
import { type ExportFile, jsonFile, type OptionalFile, textFile, textPartsFile } from "./zip";

/** Folder of the bundle that holds the run to go on with. */
export const RUN_FOLDER = "run/";
const TFJS_FOLDER = "tfjs/";

/** Every file of the bundle but SHA256SUMS. They depend on the input alone: the same run gives the same bytes. */
export function bundleFiles(input: ExportInput): readonly OptionalFile[] {
  return [...modelFiles(input), ...runFolder(input)];
}

/** The run with its checkpoints. */
export function runFolder({ runFiles }: ExportInput): readonly OptionalFile[] {
  return inFolder(RUN_FOLDER, runFiles);
}

/** Those of the model and of what is known of it, without the run to go on with. The verification reads no other. */
export function modelFiles(input: ExportInput): readonly ExportFile[] {
  const { plan, tensors, evaluation } = input;
  const network: ExportNetwork = { name: plan.spec.name, spec: plan.spec, classOrder: plan.classOrder, ...tensors };
  const root = networkParts(plan, input.tree, tensors);
  return [
    textFile("README.md", () => exportReadme(input)),
    jsonFile("config.json", () => exportConfig(input)),
    { name: "model.safetensors", make: () => encodeSafetensors(portableTensors(network), weightsMetadata(network)) },
    textFile("splitnet.py", () => splitnetPython),
    ...assignmentFiles(input),
    { name: "onnx/model.onnx", make: () => onnxModel(network) },
    ...variantFiles("model", input.measured, (variant) => onnxModel(network, variant)),
    ...partFiles(root),
    ...inFolder(TFJS_FOLDER, tfjsFiles(root)),
    ...servingFiles(root, input),
    ...tritonFiles(root, { gpus: input.gpus ?? leafParts(root).length }),
    checkFile(input.check),
    textFile("classes.csv", () => classesCsv(input)),
    textPartsFile("metrics.csv", () => metricsCsvParts(eachMetric(input.curves))),
    ...eventFiles(input.run, input.curves),
    ...(evaluation === null ? [] : [jsonFile("evaluation.json", () => evaluation)]),
  ];
}

/** Nothing where nothing is grouped. */
function assignmentFiles(input: ExportInput): readonly ExportFile[] {
  if (input.plan.spaces.length === 0) return [];
  const make = () => encodeSafetensors(assignmentTensors(input), { format: "pt", producer: ONNX_PRODUCER });
  return [{ name: "assignments.safetensors", make }];
}

/**
 * Only these classes, in this order: trunk and branches that decide them as one ONNX file, and what to know of it. `input.check` has the logits of these
 * classes.
 */
export function subsetFiles(input: ExportInput, classes: readonly number[]): readonly ExportFile[] {
  const root = networkParts(input.plan, input.tree, input.tensors);
  return [
    textFile("README.md", () => subsetReadme(input, classes)),
    jsonFile("config.json", () => subsetConfig(input, classes)),
    { name: "onnx/subset.onnx", make: () => onnxOfClasses(root, classes) },
    ...variantFiles("subset", input.measured, (variant) => onnxOfClasses(root, classes, variant)),
    checkFile(input.check),
  ];
}

/** The nodes of the tree each as a file, the way to every leaf, and what puts the leaves' logits together; nothing where there is no branch. */
function partFiles(root: NetworkPart): readonly ExportFile[] {
  if (root.children.length === 0) return [];
  return [
    ...allParts(root).map((part) => ({ name: `onnx/${partName(part)}.onnx`, make: () => onnxPart(part) })),
    { name: "onnx/merge.onnx", make: () => onnxMerge(root) },
    ...leafParts(root).map((leaf) => ({
      name: `onnx/${pathName(leaf)}.onnx`,
      make: () => onnxOfClasses(root, leaf.classes!),
    })),
  ];
}

function inFolder<File extends OptionalFile>(folder: string, files: readonly File[]): readonly File[] {
  return files.map((file) => ({ ...file, name: `${folder}${file.name}` }));
}

/** The ONNX file of each variant beside that of `name`. */
function variantFiles(
  name: string,
  measured: MeasuredWeights | null | undefined,
  make: (variant: WeightVariant) => Uint8Array,
): readonly ExportFile[] {
  return (measured?.variants ?? []).map(({ variant }) => ({
    name: `onnx/${name}_${VARIANT_ENDINGS[variant]}.onnx`,
    make: () => make(variant),
  }));
}

/** Under the names of the ONNX graph. */
function checkFile({ images, logits }: ExportCheck): ExportFile {
  const tensors = new Map([
    [ONNX_INPUT, images],
    [ONNX_OUTPUT, logits],
  ]);
  return { name: "check.safetensors", make: () => encodeSafetensors(tensors, { producer: ONNX_PRODUCER }) };
}

function weightsMetadata({ name, classOrder }: ExportNetwork): Record<string, string> {
  return { format: "pt", producer: ONNX_PRODUCER, model: name, class_order: JSON.stringify(classOrder) };
}
