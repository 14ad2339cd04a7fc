import { tensorNamed } from "../base/tensor";
import { inputsOf } from "../model/lookup";
import { statisticNames, weightsName } from "../model/parameters";
import {
  BATCH_NORM_DECAY,
  BATCH_NORM_EPSILON,
  type BatchNormLayer,
  type ConvLayer,
  type DenseLayer,
  type Layer,
} from "../model/spec";
import type { NetworkPart } from "../splitnet/parts";
import type { KerasGraph } from "./keras-graph";

/**
 * Writes the layers of a part; returns the Keras layer that gives the output of each by its name in the spec. Names are those of the spec with dots for
 * slashes after `scope`. `input` stands for the part's input layer. Nothing is transposed or padded by hand: Keras has channels last, kernels
 * [height, width, in, out] and the padding of TensorFlow, as we do.
 */
export function addLayers(graph: KerasGraph, part: NetworkPart, input: string, scope: string): ReadonlyMap<string, string> {
  const writer = new LayerWriter(graph, part, scope);
  const outputs = new Map<string, string>();
  for (const layer of part.spec.layers) {
    const inputs = inputsOf(layer).map((name) => outputs.get(name)!);
    outputs.set(layer.name, layer.kind === "input" ? input : writer.add(layer, inputs));
  }
  return outputs;
}

class LayerWriter {
  readonly #graph: KerasGraph;
  readonly #part: NetworkPart;
  readonly #scope: string;

  constructor(graph: KerasGraph, part: NetworkPart, scope: string) {
    this.#graph = graph;
    this.#part = part;
    this.#scope = scope;
  }

  /** Returns the name of the layer whose output it is: dropout, which does nothing here, is not written. */
  add(layer: Exclude<Layer, { kind: "input" }>, inputs: readonly string[]): string {
    const graph = this.#graph;
    const name = this.#scope + layer.name.replaceAll("/", ".");
    switch (layer.kind) {
      case "dropout":
        return inputs[0]!;
      case "relu":
        return graph.layer("Activation", name, inputs, { activation: "relu" });
      case "add":
        return graph.layer("Add", name, inputs, {});
      case "globalMean":
        return graph.layer("GlobalAveragePooling2D", name, inputs, { data_format: "channels_last" });
      case "batchNorm":
        return this.#addBatchNorm(layer, name, inputs);
      case "conv":
        return this.#addConv(layer, name, inputs);
      case "dense":
        return this.#addDense(layer, name, inputs);
      default:
        return layer satisfies never;
    }
  }

  #addBatchNorm(layer: BatchNormLayer, name: string, inputs: readonly string[]): string {
    const { parameters, statistics } = this.#part.tensors;
    const { mean, variance } = statisticNames(layer);
    // Keras' own defaults are 1e-3 and 0.99.
    const config = { axis: -1, epsilon: BATCH_NORM_EPSILON, momentum: BATCH_NORM_DECAY };
    return this.#graph.layer("BatchNormalization", name, inputs, config, {
      gamma: tensorNamed(parameters, `${layer.name}/gamma`),
      beta: tensorNamed(parameters, `${layer.name}/beta`),
      moving_mean: tensorNamed(statistics, mean),
      moving_variance: tensorNamed(statistics, variance),
    });
  }

  #addConv(layer: ConvLayer, name: string, inputs: readonly string[]): string {
    const kernel = tensorNamed(this.#part.tensors.parameters, weightsName(layer));
    const config = {
      filters: kernel.shape.at(-1)!,
      kernel_size: [layer.kernelSize, layer.kernelSize],
      strides: [layer.stride, layer.stride],
      padding: "same",
      data_format: "channels_last",
      dilation_rate: [1, 1],
      activation: "linear",
      use_bias: false,
    };
    return this.#graph.layer("Conv2D", name, inputs, config, { kernel });
  }

  #addDense(layer: DenseLayer, name: string, inputs: readonly string[]): string {
    const { parameters } = this.#part.tensors;
    const kernel = tensorNamed(parameters, weightsName(layer));
    const config = { units: kernel.shape.at(-1)!, activation: "linear", use_bias: true };
    return this.#graph.layer("Dense", name, inputs, config, { kernel, bias: tensorNamed(parameters, `${layer.name}/biases`) });
  }
}
