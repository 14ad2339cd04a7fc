import { ShapeError } from "../base/errors";
import type { HostTensor } from "../base/tensor";

/** What a Keras layer is made with; names and values are those of its Python constructor. */
export type KerasConfig = Readonly<Record<string, unknown>>;

/** A layer of model.json. `inbound_nodes` holds one call of the layer: its inputs as [layer, node, tensor, arguments]. */
export interface KerasLayer {
  readonly class_name: string;
  readonly name: string;
  readonly config: KerasConfig;
  readonly inbound_nodes: readonly (readonly (readonly [string, number, number, object])[])[];
}

/** A tensor of a layer under the name that Keras gives it: "unit_2_0.conv_1/kernel". */
export interface KerasWeight {
  readonly name: string;
  readonly tensor: HostTensor;
  /** Follows from how the network is cut: it holds nothing that was learned. */
  readonly fixed: boolean;
}

/** `modelTopology` of model.json. */
export interface KerasTopology {
  readonly class_name: string;
  readonly keras_version: string;
  readonly backend: string;
  readonly config: {
    readonly name: string;
    readonly layers: readonly KerasLayer[];
    readonly input_layers: readonly KerasEnd[];
    readonly output_layers: readonly KerasEnd[];
  };
}

/** Layer, node, tensor. */
type KerasEnd = readonly [string, number, number];

/** Collects the layers of a Keras functional model, each called once, and their weights in the same order. */
export class KerasGraph {
  readonly #layers = new Map<string, KerasLayer>();
  readonly #weights: KerasWeight[] = [];

  get weights(): readonly KerasWeight[] {
    return this.#weights;
  }

  /** Adds a layer with its weights by their Keras roles; returns its name, which stands for its output. */
  layer(
    kind: string,
    name: string,
    inputs: readonly string[],
    config: KerasConfig,
    weights: Readonly<Record<string, HostTensor>> = {},
  ): string {
    const trainable = config.trainable !== false;
    if (this.#layers.has(name)) throw new ShapeError(`two layers are named ${name}`, "Rename one of them.");
    this.#layers.set(name, {
      class_name: kind,
      name,
      config: { name, ...config },
      inbound_nodes: inputs.length === 0 ? [] : [inputs.map((input) => [input, 0, 0, {}] as const)],
    });
    for (const [role, tensor] of Object.entries(weights)) {
      this.#weights.push({ name: `${name}/${role}`, tensor, fixed: !trainable });
    }
    return name;
  }

  /** `modelTopology` of model.json, of one input and one output. */
  topology(name: string, input: string, output: string): KerasTopology {
    return {
      // As TensorFlow.js itself writes it.
      class_name: "Model",
      // Whose format it is.
      keras_version: "2.15.0",
      backend: "tensorflow",
      config: {
        name,
        layers: [...this.#layers.values()],
        input_layers: [[input, 0, 0]],
        output_layers: [[output, 0, 0]],
      },
    };
  }
}
