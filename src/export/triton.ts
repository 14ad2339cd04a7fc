import { allParts, leafParts, type NetworkPart } from "../splitnet/parts";
import { ONNX_INPUT, ONNX_OUTPUT } from "./onnx";
import type { Port } from "./onnx-graph";
import { onnxMerge, onnxPart, partInput, partName, partOutputs } from "./onnx-parts";
import { type ExportFile, textFile } from "./zip";

/** Folder of the bundle that is a model repository. */
const REPOSITORY = "triton/";
const ENSEMBLE = "splitnet";
/** Most images that the server puts together, and how long a request waits for others. */
const MOST_IMAGES = 256;
const QUEUE_MICROSECONDS = 500;

export interface TritonOptions {
  /** GPUs of the machine, from 0 on: 0 for none. */
  readonly gpus: number;
}

/** A model of the repository: its name without the prefix, its ports, and where it runs. */
interface Model {
  readonly name: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** Null for the processor. */
  readonly gpu: number | null;
  readonly make: ExportFile["make"];
}

/**
 * The tree as a model repository of Triton Inference Server: a model a part, each leaf and the way to it on a GPU of its own as far as
 * there are so many, one that merges, and the ensemble "splitnet" over them, which takes "image" and gives "logits" of all classes. Nothing where there is one part.
 * Fields: model_config.proto of triton-inference-server/common.
 */
export function tritonFiles(root: NetworkPart, { gpus }: TritonOptions): readonly ExportFile[] {
  if (root.children.length === 0) return [];
  const leaves = leafParts(root);
  const classes = leaves.flatMap(({ classes }) => classes!).length;
  const logits: Port = { name: ONNX_OUTPUT, shape: ["N", classes] };
  const models: readonly Model[] = [
    ...allParts(root).map((part) => ({
      name: partName(part),
      inputs: [partInput(part)],
      outputs: partOutputs(part),
      gpu: gpuOf(part, leaves, gpus),
      make: () => onnxPart(part),
    })),
    // It moves a few numbers: not worth a copy to a GPU.
    { name: "merge", inputs: leaves.flatMap(partOutputs), outputs: [logits], gpu: null, make: () => onnxMerge(root) },
  ];
  return [
    ...models.flatMap((model) => [
      textFile(`${REPOSITORY}${fullName(model)}/config.pbtxt`, () => modelConfig(model)),
      { name: `${REPOSITORY}${fullName(model)}/1/model.onnx`, make: model.make },
    ]),
    textFile(`${REPOSITORY}${ENSEMBLE}/config.pbtxt`, () =>
      ensembleConfig(models, [{ ...partInput(root), name: ONNX_INPUT }], [logits]),
    ),
    // The server wants the folder of a version, and an archive has no empty ones.
    textFile(`${REPOSITORY}${ENSEMBLE}/1/README.txt`, () => "An ensemble has no model of its own: see config.pbtxt.\n"),
  ];
}

/** The GPU of the first leaf below: neighbouring leaves share one where there are fewer GPUs than leaves. */
function gpuOf(part: NetworkPart, leaves: readonly NetworkPart[], gpus: number): number | null {
  const [first] = leafParts(part);
  return gpus === 0 ? null : Math.floor((leaves.indexOf(first!) * Math.min(gpus, leaves.length)) / leaves.length);
}

function modelConfig(model: Model): string {
  const { inputs, outputs, gpu } = model;
  return `name: "${fullName(model)}"
backend: "onnxruntime"
max_batch_size: ${MOST_IMAGES}
${ports("input", inputs)}
${ports("output", outputs)}
instance_group [ { ${gpu === null ? "kind: KIND_CPU count: 1" : `kind: KIND_GPU count: 1 gpus: [ ${gpu} ]`} } ]
dynamic_batching { max_queue_delay_microseconds: ${QUEUE_MICROSECONDS} }
`;
}

/** Values have one name in all models, so that each map goes from a name to itself. */
function ensembleConfig(models: readonly Model[], inputs: readonly Port[], outputs: readonly Port[]): string {
  const maps = (field: string, values: readonly Port[]): string =>
    values.map(({ name }) => `      ${field} { key: "${name}" value: "${name}" }\n`).join("");
  const steps = models.map(
    (model) => `    {
      model_name: "${fullName(model)}"
      model_version: -1
${maps("input_map", model.inputs)}${maps("output_map", model.outputs)}    }`,
  );
  return `name: "${ENSEMBLE}"
platform: "ensemble"
max_batch_size: ${MOST_IMAGES}
${ports("input", inputs)}
${ports("output", outputs)}
ensemble_scheduling {
  step [
${steps.join(",\n")}
  ]
}
`;
}

/** Without the number of images, which the server puts before. */
function ports(field: "input" | "output", values: readonly Port[]): string {
  const entries = values.map(
    ({ name, shape }) => `  { name: "${name}" data_type: TYPE_FP32 dims: [ ${shape.slice(1).join(", ")} ] }`,
  );
  return `${field} [\n${entries.join(",\n")}\n]`;
}

function fullName({ name }: Pick<Model, "name">): string {
  return `${ENSEMBLE}_${name}`;
}
