import { inputsOf } from "../model/lookup";
import { type ActivationShape, inferShapes } from "../model/shapes";
import {
  BATCH_NORM_EPSILON,
  type BatchNormLayer,
  type ConvLayer,
  type Layer,
  type ModelSpec,
  type WeightedLayer,
} from "../model/spec";
import type { WeightVariant } from "../model/weight-variant";
import type { NetworkTensors } from "../splitnet/slice";
import { addConstant } from "./onnx-constants";
import type { OnnxGraph } from "./onnx-graph";
import { samePadding } from "./padding";
import { portableName, portableTensors } from "./portable";

/** Layers to be written into a graph. */
export interface OnnxNetwork extends NetworkTensors {
  readonly spec: ModelSpec;
  /** Value that the input layer stands for. */
  readonly input: string;
  /** Before the names of its nodes, values and constants: two networks in one graph need two. */
  readonly scope: string;
  /** How its weights are stored; null: as they are. */
  readonly variant: WeightVariant | null;
}

/**
 * Writes all layers; returns the value of each by the layer's name. Blocks become Split, one node a block, Concat; paddings are explicit; dropout
 * vanishes. Constants have the names of the safetensors file after the scope. Throws ShapeError where spec and tensors do not fit together.
 */
export function addNetwork(graph: OnnxGraph, network: OnnxNetwork): ReadonlyMap<string, string> {
  for (const [name, tensor] of portableTensors(network)) {
    addConstant(graph, `${network.scope}${name}`, tensor, network.variant);
  }
  const shapes = inferShapes(network.spec);
  const values = new Map<string, string>();
  const writer = new LayerWriter(graph, network.scope);
  for (const layer of network.spec.layers) {
    const inputs = inputsOf(layer);
    const value =
      layer.kind === "input"
        ? network.input
        : writer.add(
            layer,
            inputs.map((name) => values.get(name)!),
            shapes.get(inputs[0]!)!,
          );
    values.set(layer.name, value);
  }
  return values;
}

class LayerWriter {
  readonly #graph: OnnxGraph;
  readonly #scope: string;

  constructor(graph: OnnxGraph, scope: string) {
    this.#graph = graph;
    this.#scope = scope;
  }

  /** Adds the layer's nodes; returns the name of its output. `shape` is that of its first input. */
  add(layer: Exclude<Layer, { kind: "input" }>, inputs: readonly string[], shape: ActivationShape): string {
    const graph = this.#graph;
    const input = inputs[0]!;
    const name = `${this.#scope}${layer.name}`;
    const output = `${name}/output`;
    switch (layer.kind) {
      case "dropout":
        return input;
      case "relu":
        graph.node("Relu", name, [input], output);
        return output;
      case "add":
        graph.node("Add", name, inputs, output);
        return output;
      case "batchNorm":
        this.#addBatchNorm(layer, input, output);
        return output;
      case "globalMean":
        graph.node("GlobalAveragePool", name, [input], `${name}/mean`);
        graph.node("Flatten", `${name}/flatten`, [`${name}/mean`], output, { axis: 1 });
        return output;
      case "conv":
      case "dense":
        this.#addWeighted(layer, input, output, shape);
        return output;
      default:
        return layer satisfies never;
    }
  }

  #addBatchNorm(layer: BatchNormLayer, input: string, output: string): void {
    const constants = ["weight", "bias", "running_mean", "running_var"].map((role) => this.#constant(layer.name, role));
    const epsilon = { float: BATCH_NORM_EPSILON };
    this.#graph.node("BatchNormalization", `${this.#scope}${layer.name}`, [input, ...constants], output, { epsilon });
  }

  #addWeighted(layer: WeightedLayer, input: string, output: string, shape: ActivationShape): void {
    if (layer.blocks === null) {
      this.#addBlock(layer, layer.name, input, output, shape);
      return;
    }
    const name = `${this.#scope}${layer.name}`;
    const blocks = layer.blocks.inputs.map((_, block) => `${layer.name}/block_${block}`);
    const sizes = `${name}/split_sizes`;
    this.#graph.integers(sizes, layer.blocks.inputs);
    const parts = blocks.map((block) => `${this.#scope}${block}/input`);
    this.#graph.nodeOfMany("Split", `${name}/split`, [input, sizes], parts, { axis: 1 });
    const results = blocks.map((block) => `${this.#scope}${block}/output`);
    blocks.forEach((block, index) => {
      this.#addBlock(layer, block, parts[index]!, results[index]!, shape);
    });
    this.#graph.node("Concat", `${name}/concat`, results, output, { axis: 1 });
  }

  #addBlock(layer: WeightedLayer, block: string, input: string, output: string, shape: ActivationShape): void {
    const name = `${this.#scope}${block}`;
    const weight = this.#constant(block, "weight");
    if (layer.kind === "conv") {
      this.#graph.node("Conv", name, [input, weight], output, convAttributes(layer, shape));
    } else {
      this.#graph.node("Gemm", name, [input, weight, this.#constant(block, "bias")], output, { transB: 1 });
    }
  }

  #constant(layer: string, role: string): string {
    return `${this.#scope}${portableName(layer, role)}`;
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
