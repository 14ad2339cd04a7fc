import { CheckpointError } from "../base/errors";
import { filled } from "../base/tensor";
import { initialStatistics } from "../model/initial";
import { layerParameters } from "../model/parameters";
import type { ModelSpec } from "../model/spec";
import { networkParts } from "../splitnet/parts";
import type { NetworkTensors } from "../splitnet/slice";
import type { SplitPlan } from "../splitnet/split-plan";
import type { SplitTree } from "../splitnet/tree";
import type { KerasLayer, KerasTopology, KerasWeight } from "./keras-graph";
import { parseTfjs, type StoredLayer, type StoredModel, type StoredWeight } from "./tfjs-files";
import { kerasModel } from "./tfjs-model";

/**
 * The tensors of the split network out of its TensorFlow.js model, as exported or as TensorFlow.js saved it again; `files` are those of the folder by name.
 * Everything that decides what the model computes has to be as the export writes it for this plan, and every weight has to be there:
 * else a CheckpointError that names the first thing at fault.
 */
export function readTfjs(files: ReadonlyMap<string, Uint8Array>, plan: SplitPlan, tree: SplitTree): NetworkTensors {
  const stored = parseTfjs(files);
  const tensors = blankTensors(plan.spec);
  const model = kerasModel(networkParts(plan, tree, tensors));
  checkTopology(model.topology, stored);
  const weights = new Map(stored.weights);
  for (const weight of model.weights) {
    const found = weights.get(weight.name);
    if (found === undefined) throw foreign(`${weight.name}: missing`);
    fill(weight, found);
    weights.delete(weight.name);
  }
  for (const name of weights.keys()) throw foreign(`${name}: no weight of this network`);
  return tensors;
}

/** To be written to. */
function blankTensors(spec: ModelSpec): NetworkTensors {
  const parameters = new Map(layerParameters(spec).map(({ name, shape }) => [name, filled(shape, 0)]));
  return { parameters, statistics: initialStatistics(spec) };
}

/** Parts see the values of the whole network: what is written into theirs is in its. */
function fill({ name, tensor, fixed }: KerasWeight, { shape, bytes }: StoredWeight): void {
  if (shape.join() !== tensor.shape.join()) {
    throw foreign(`${name}: expected shape [${tensor.shape.join(", ")}], found [${shape.join(", ")}]`);
  }
  const values = new Float32Array(Uint8Array.from(bytes).buffer);
  if (fixed && values.some((value, index) => value !== tensor.data[index])) {
    throw foreign(`${name}: the classes are in another order`);
  }
  tensor.data.set(values);
}

function checkTopology({ config }: KerasTopology, stored: StoredModel): void {
  const found = new Map<string, StoredLayer>();
  for (const layer of stored.layers) {
    if (found.has(layer.name)) throw foreign(`${layer.name}: two layers of that name`);
    found.set(layer.name, layer);
  }
  for (const layer of config.layers) {
    checkLayer(layer, found.get(layer.name));
    found.delete(layer.name);
  }
  for (const name of found.keys()) throw foreign(`${name}: no layer of this network`);
  if (!agrees(config.input_layers, stored.inputLayers)) throw foreign("input_layers: another input");
  if (!agrees(config.output_layers, stored.outputLayers)) throw foreign("output_layers: another output");
}

/** What the export does not write, such as initial values, may be anything. */
function checkLayer(expected: KerasLayer, found: StoredLayer | undefined): void {
  const { name, class_name: kind, config, inbound_nodes: inputs } = expected;
  if (found === undefined) throw foreign(`${name}: there is no such layer`);
  if (found.class_name !== kind) throw foreign(`${name}: is not of the kind ${kind}`);
  for (const [key, value] of Object.entries(config)) {
    if (!agrees(value, found.config[key])) throw foreign(`${name}: ${key} is not ${JSON.stringify(value)}`);
  }
  if (!agrees(inputs, found.inbound_nodes)) throw foreign(`${name}: its inputs are not ${JSON.stringify(inputs)}`);
}

/** Whether two values of JSON are the same. Follows the first, so that what was found cannot lead it any deeper. */
function agrees(expected: unknown, found: unknown): boolean {
  if (typeof expected !== "object" || expected === null) return expected === found;
  if (typeof found !== "object" || found === null || Array.isArray(expected) !== Array.isArray(found)) return false;
  const entries = Object.entries(expected);
  const others = new Map(Object.entries(found));
  return entries.length === others.size && entries.every(([key, value]) => agrees(value, others.get(key)));
}

function foreign(message: string): CheckpointError {
  return new CheckpointError(
    `TensorFlow.js model: ${message}`,
    "It belongs to another network or was changed: choose the run that it was exported from.",
  );
}
