import { CheckpointError } from "../base/errors";
import { type HostTensor, type NamedTensors, sizeOf } from "../base/tensor";
import type { NetworkTensors } from "../splitnet/slice";
import type { SplitPlan } from "../splitnet/split-plan";
import { onnxModel } from "./onnx";
import { FLOAT, GRAPH_FIELD, INITIALIZER_FIELD, TENSOR_FIELDS } from "./onnx-graph";
import { networkOf } from "./portable-import";
import { fieldsOf } from "./protobuf-reader";

/**
 * The tensors of the split network out of its onnx/model.onnx. Only the initialisers are read; what the graph computes is not interpreted, but has to
 * be what the studio writes for this plan: written again with the tensors found, the file has to be the same to the byte. So nothing that
 * another program changed, nodes, attributes, class order or precision, can pass for these weights. Else a CheckpointError.
 */
export function readOnnx(bytes: Uint8Array, plan: Pick<SplitPlan, "spec" | "classOrder">): NetworkTensors {
  const tensors = networkOf(initializers(bytes), plan.spec);
  const again = onnxModel({ name: plan.spec.name, spec: plan.spec, classOrder: plan.classOrder, ...tensors });
  const different = again.findIndex((byte, at) => byte !== bytes[at]);
  if (different >= 0 || again.length !== bytes.length) {
    throw foreign(
      `the graph around the weights is not that of this network, from byte ${different < 0 ? again.length : different} on`,
    );
  }
  return tensors;
}

/** The float32 constants of the graph by name, in its order. */
function initializers(bytes: Uint8Array): NamedTensors {
  const found = new Map<string, HostTensor>();
  for (const graph of nested(bytes, GRAPH_FIELD)) {
    for (const content of nested(graph, INITIALIZER_FIELD)) {
      const constant = readTensor(content);
      if (constant === null) continue;
      const { name, tensor } = constant;
      if (found.has(name)) throw foreign(`${name}: two constants of that name`);
      found.set(name, tensor);
    }
  }
  if (found.size === 0) throw foreign("it holds no weights");
  return found;
}

function* nested(message: Uint8Array, number: number): Generator<Uint8Array, void, void> {
  for (const field of fieldsOf(message)) if (field.number === number && field.kind === "bytes") yield field.value;
}

/** Null for one of another type: the network's own positions are whole numbers. */
function readTensor(content: Uint8Array): { readonly name: string; readonly tensor: HostTensor } | null {
  const shape: number[] = [];
  let [type, name, raw]: [number, string, Uint8Array | null] = [0, "", null];
  for (const field of fieldsOf(content)) {
    if (field.number === TENSOR_FIELDS.dims && field.kind === "integer") shape.push(field.value);
    if (field.number === TENSOR_FIELDS.type && field.kind === "integer") type = field.value;
    if (field.number === TENSOR_FIELDS.name && field.kind === "bytes") name = new TextDecoder().decode(field.value);
    if (field.number === TENSOR_FIELDS.raw && field.kind === "bytes") raw = field.value;
  }
  if (type !== FLOAT) return null;
  if (raw === null) throw foreign(`${name}: its values are not in the file as bytes`);
  if (raw.length !== 4 * sizeOf(shape)) throw foreign(`${name}: ${raw.length} bytes for shape [${shape.join(", ")}]`);
  return { name, tensor: { shape, data: new Float32Array(Uint8Array.from(raw).buffer) } };
}

function foreign(message: string): CheckpointError {
  return new CheckpointError(
    `ONNX model: ${message}`,
    "Choose onnx/model.onnx as it was exported from this run; weights that another program changed are read from a safetensors file.",
  );
}
