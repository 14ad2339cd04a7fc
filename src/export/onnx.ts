import { ShapeError } from "../base/errors";
import { type ActivationShape, inferShapes } from "../model/shapes";
import { BATCH_NORM_EPSILON, type BatchNormLayer, type ConvLayer, type Layer, type WeightedLayer } from "../model/spec";
import { OnnxGraph } from "./onnx-graph";
import { samePadding } from "./padding";
import { type ExportNetwork, portableName, portableTensors } from "./portable";

/** Names of the graph's input and output. */
export const ONNX_INPUT = "image";
export const ONNX_OUTPUT = "logits";

/**
 * The network as an ONNX file: "image" [N, 3, 32, 32] float32, already whitened, gives "logits" [N, classes] in class order.
 * Blocks become Split, one node a block, Concat; paddings are explicit; dropout vanishes. Constants have the names of the
 * safetensors file. Throws ShapeError where spec, tensors and class order do not fit together.
 */
export function onnxModel(network: ExportNetwork): Uint8Array<ArrayBuffer> {
  const { spec, classOrder } = network;
  const graph = new OnnxGraph();
  for (const [name, tensor] of portableTensors(network)) graph.floats(name, tensor);
  const shapes = inferShapes(spec);
  const values = new Map<string, string>();
  for (const layer of spec.layers) {
    const inputs = inputsOf(layer);
    values.set(
      layer.name,
      addLayer(
        graph,
        layer,
        inputs.map((name) => values.get(name)!),
        shapes.get(inputs[0] ?? layer.name)!,
      ),
    );
  }
  const last = spec.layers.at(-1)!.name;
  const classes = shapes.get(last)!.channels;
  addLogits(graph, values.get(last)!, classOrder, classes);
  return graph.model({
    name: network.name,
    producer: "SplitNet Studio",
    inputs: spec.layers.flatMap((layer) =>
      layer.kind === "input" ? [{ name: ONNX_INPUT, shape: ["N", layer.shape[2], layer.shape[0], layer.shape[1]] }] : [],
    ),
    outputs: [{ name: ONNX_OUTPUT, shape: ["N", classes] }],
    metadata: {
      model: network.name,
      input: "float32 NCHW, each channel of each image whitened: see README.md",
      output: "logits in class order",
      internal_class_order: JSON.stringify(classOrder),
    },
  });
}

function inputsOf(layer: Layer): readonly string[] {
  if (layer.kind === "input") return [];
  return layer.kind === "add" ? layer.inputs : [layer.input];
}

/** Adds the layer's nodes; returns the name of its output. `shape` is that of its first input. */
function addLayer(graph: OnnxGraph, layer: Layer, inputs: readonly string[], shape: ActivationShape): string {
  const input = inputs[0]!;
  const output = `${layer.name}/output`;
  switch (layer.kind) {
    case "input":
      return ONNX_INPUT;
    case "dropout":
      return input;
    case "relu":
      graph.node("Relu", layer.name, [input], output);
      return output;
    case "add":
      graph.node("Add", layer.name, inputs, output);
      return output;
    case "batchNorm":
      addBatchNorm(graph, layer, input, output);
      return output;
    case "globalMean":
      graph.node("GlobalAveragePool", layer.name, [input], `${layer.name}/mean`);
      graph.node("Flatten", `${layer.name}/flatten`, [`${layer.name}/mean`], output, { axis: 1 });
      return output;
    case "conv":
    case "dense":
      addWeighted(graph, layer, input, output, shape);
      return output;
    default:
      return layer satisfies never;
  }
}

function addBatchNorm(graph: OnnxGraph, layer: BatchNormLayer, input: string, output: string): void {
  const constants = ["weight", "bias", "running_mean", "running_var"].map((role) => portableName(layer.name, role));
  graph.node("BatchNormalization", layer.name, [input, ...constants], output, { epsilon: { float: BATCH_NORM_EPSILON } });
}

function addWeighted(graph: OnnxGraph, layer: WeightedLayer, input: string, output: string, shape: ActivationShape): void {
  if (layer.blocks === null) {
    addBlock(graph, layer, layer.name, input, output, shape);
    return;
  }
  const blocks = layer.blocks.inputs.map((_, block) => `${layer.name}/block_${block}`);
  const sizes = `${layer.name}/split_sizes`;
  graph.integers(sizes, layer.blocks.inputs);
  const parts = blocks.map((block) => `${block}/input`);
  graph.nodeOfMany("Split", `${layer.name}/split`, [input, sizes], parts, { axis: 1 });
  const results = blocks.map((block) => `${block}/output`);
  blocks.forEach((block, index) => {
    addBlock(graph, layer, block, parts[index]!, results[index]!, shape);
  });
  graph.node("Concat", `${layer.name}/concat`, results, output, { axis: 1 });
}

function addBlock(
  graph: OnnxGraph,
  layer: WeightedLayer,
  name: string,
  input: string,
  output: string,
  shape: ActivationShape,
): void {
  const weight = portableName(name, "weight");
  if (layer.kind === "conv") {
    graph.node("Conv", name, [input, weight], output, convAttributes(layer, shape));
  } else {
    graph.node("Gemm", name, [input, weight, portableName(name, "bias")], output, { transB: 1 });
  }
}

function convAttributes({ kernelSize, stride }: ConvLayer, { height, width }: ActivationShape) {
  const rows = samePadding(height, kernelSize, stride);
  const columns = samePadding(width, kernelSize, stride);
  return {
    kernel_shape: [kernelSize, kernelSize],
    strides: [stride, stride],
    pads: [rows.before, columns.before, rows.after, columns.after],
  };
}

/** Undoes the permutation of the classes, where there is one. */
function addLogits(graph: OnnxGraph, input: string, classOrder: readonly number[], classes: number): void {
  const positions = positionsOf(classOrder, classes);
  if (positions.every((position, label) => position === label)) {
    graph.node("Identity", ONNX_OUTPUT, [input], ONNX_OUTPUT);
    return;
  }
  graph.integers("class_positions", positions);
  graph.node("Gather", ONNX_OUTPUT, [input, "class_positions"], ONNX_OUTPUT, { axis: 1 });
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
