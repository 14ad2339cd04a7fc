import { ShapeError } from "../base/errors";
import { inferShapes } from "../model/shapes";
import type { InputLayer, ModelSpec } from "../model/spec";
import type { WeightVariant } from "../model/weight-variant";
import { OnnxGraph, type Port } from "./onnx-graph";
import { addNetwork } from "./onnx-layers";
import type { ExportNetwork } from "./portable";

/** Names of the input and output of graphs that take images or give the logits of all classes. */
export const ONNX_INPUT = "image";
export const ONNX_OUTPUT = "logits";
export const ONNX_PRODUCER = "SplitNet Studio";
/** What every graph says of its images. */
export const IMAGE_NOTE = "float32 NCHW, each channel of each image whitened: see README.md";

/**
 * The network as an ONNX file: "image" [N, 3, 32, 32] float32, already whitened, gives "logits" [N, classes] in class order. Constants have the
 * names of the safetensors file; a variant stores its weights in a smaller form. Throws ShapeError where spec, tensors and class order do not fit
 * together, and for weights beyond the variant's range.
 */
export function onnxModel(network: ExportNetwork, variant: WeightVariant | null = null): Uint8Array<ArrayBuffer> {
  const { spec, classOrder, name } = network;
  const graph = new OnnxGraph();
  const values = addNetwork(graph, { ...network, input: ONNX_INPUT, scope: "", variant });
  const last = spec.layers.at(-1)!.name;
  const { channels } = inferShapes(spec).get(last)!;
  addPicked(graph, values.get(last)!, ONNX_OUTPUT, positionsOf(classOrder, channels));
  return graph.model({
    name,
    producer: ONNX_PRODUCER,
    inputs: [inputPort(spec, ONNX_INPUT)],
    outputs: [{ name: ONNX_OUTPUT, shape: ["N", channels] }],
    metadata: {
      model: name,
      input: IMAGE_NOTE,
      output: "logits in class order",
      internal_class_order: JSON.stringify(classOrder),
      ...(variant === null ? {} : { weights: variant }),
    },
  });
}

/** What the network's input layer takes, by that name: channels first, pooled channels alone. */
export function inputPort({ layers }: ModelSpec, name: string): Port {
  const [height, width, channels] = layers.find((layer): layer is InputLayer => layer.kind === "input")!.shape;
  return { name, shape: height === 1 && width === 1 ? ["N", channels] : ["N", channels, height, width] };
}

/** Adds `output`: the columns of `input` at these positions, in this order. */
export function addPicked(graph: OnnxGraph, input: string, output: string, positions: readonly number[]): void {
  if (positions.every((position, index) => position === index)) {
    graph.node("Identity", output, [input], output);
    return;
  }
  graph.integers("class_positions", positions);
  graph.node("Gather", output, [input, "class_positions"], output, { axis: 1 });
}

/** Position of each class; the inverse of `classOrder`. */
function positionsOf(classOrder: readonly number[], classes: number): number[] {
  const positions = new Array<number>(classes).fill(-1);
  classOrder.forEach((label, position) => {
    positions[label] = position;
  });
  if (classOrder.length !== classes || positions.length !== classes || positions.includes(-1)) {
    throw new ShapeError(`class order: not a permutation of ${classes} classes`, "The split belongs to another network.");
  }
  return positions;
}
