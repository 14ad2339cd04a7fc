import * as ort from "onnxruntime-web";
import type { ExportFile } from "../../src/export/zip";
import { parseTextFormat } from "./text-format";
import { type Checked, checkedModelConfig } from "./triton-schema";

ort.env.wasm.numThreads = 1;

/** A port as the configuration has it; `dims` without the number of images. */
interface Port {
  readonly name: string;
  readonly dims: string;
}

interface Step {
  readonly model: string;
  /** From the model's names to those of the ensemble. */
  readonly inputs: ReadonlyMap<string, string>;
  readonly outputs: ReadonlyMap<string, string>;
}

export interface RepositoryModel {
  readonly config: Checked;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly steps: readonly Step[];
  /** Content of version 1 by file name. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** A model repository as the server finds it on the disk: folders, config.pbtxt, version 1. */
export async function readRepository(files: readonly ExportFile[]): Promise<ReadonlyMap<string, RepositoryModel>> {
  const models = new Map<string, RepositoryModel>();
  for (const { name, make } of files.filter((file) => file.name.endsWith("/config.pbtxt"))) {
    const folder = name.slice(0, -"config.pbtxt".length);
    const config = checkedModelConfig(parseTextFormat(new TextDecoder().decode(await make())));
    const own = files.filter((file) => file.name.startsWith(`${folder}1/`));
    models.set(folder.split("/").at(-2)!, {
      config,
      inputs: messages(config.input).map(portOf),
      outputs: messages(config.output).map(portOf),
      steps: messages(message(config.ensemble_scheduling).step).map(stepOf),
      files: new Map(
        await Promise.all(own.map(async (file) => [file.name.slice(folder.length + 2), await file.make()] as const)),
      ),
    });
  }
  return models;
}

/**
 * Runs an ensemble as its scheduler does, by the configurations alone: a step is due when all that it maps in is there; what no step maps
 * anywhere or maps twice, and a step that never comes due, are errors. Gives the ensemble's outputs.
 */
export async function runEnsemble(
  models: ReadonlyMap<string, RepositoryModel>,
  name: string,
  given: Readonly<Record<string, ort.Tensor>>,
): Promise<Readonly<Record<string, ort.Tensor>>> {
  const ensemble = models.get(name)!;
  const values = new Map(Object.entries(given));
  let waiting = ensemble.steps;
  while (waiting.length > 0) {
    const due = waiting.filter(({ inputs }) => [...inputs.values()].every((value) => values.has(value)));
    if (due.length === 0) throw new Error(`never due: ${waiting.map(({ model }) => model).join(", ")}`);
    for (const step of due) {
      for (const [value, tensor] of await runStep(models, step, values)) {
        if (values.has(value)) throw new Error(`${value} is given twice`);
        values.set(value, tensor);
      }
    }
    waiting = waiting.filter((step) => !due.includes(step));
  }
  const used = new Set([
    ...ensemble.steps.flatMap(({ inputs }) => [...inputs.values()]),
    ...ensemble.outputs.map((port) => port.name),
  ]);
  const unused = [...values.keys()].filter((value) => !used.has(value));
  if (unused.length > 0) throw new Error(`nobody uses ${unused.join(", ")}`);
  return Object.fromEntries(ensemble.outputs.map((port) => [port.name, sized(values.get(port.name), port, name)]));
}

async function runStep(
  models: ReadonlyMap<string, RepositoryModel>,
  { model: name, inputs, outputs }: Step,
  values: ReadonlyMap<string, ort.Tensor>,
): Promise<[string, ort.Tensor][]> {
  const model = models.get(name);
  if (model === undefined) throw new Error(`no model ${name}`);
  for (const [ports, map] of [
    [model.inputs, inputs],
    [model.outputs, outputs],
  ] as const) {
    if (ports.map((port) => port.name).join() !== [...map.keys()].join()) throw new Error(`${name}: maps ${[...map.keys()]}`);
  }
  const session = await ort.InferenceSession.create(model.files.get("model.onnx")!);
  const feeds = model.inputs.map((port) => [port.name, sized(values.get(inputs.get(port.name)!), port, name)]);
  const result = await session.run(Object.fromEntries(feeds));
  await session.release();
  return model.outputs.map((port) => [outputs.get(port.name)!, sized(result[port.name], port, name)]);
}

/** The tensor, if it has the configured extents after the first. */
function sized(tensor: ort.Tensor | undefined, { name, dims }: Port, model: string): ort.Tensor {
  if (tensor?.dims.slice(1).join() !== dims) throw new Error(`${model}: ${name} is [N,${dims}], got [${tensor?.dims}]`);
  return tensor;
}

function portOf(entry: Checked): Port {
  if (entry.data_type !== "TYPE_FP32" || !Array.isArray(entry.dims)) throw new Error(`${entry.name}: no float32 with extents`);
  return { name: String(entry.name), dims: entry.dims.join() };
}

function stepOf(entry: Checked): Step {
  const map = (field: string) => new Map(messages(entry[field]).map(({ key, value }) => [String(key), String(value)]));
  return { model: String(entry.model_name), inputs: map("input_map"), outputs: map("output_map") };
}

/** The messages of a repeated field, none where it is not there. */
function messages(value: Checked[string] | undefined): readonly Checked[] {
  return Array.isArray(value) ? value.map(message) : [];
}

function message(value: Checked[string] | undefined): Checked {
  return isMessage(value) ? value : {};
}

function isMessage(value: Checked[string] | undefined): value is Checked {
  return typeof value === "object" && !Array.isArray(value);
}
