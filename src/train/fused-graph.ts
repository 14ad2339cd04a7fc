import { ShapeError } from "../base/errors";
import { inputsOf } from "../model/lookup";
import type { BatchNormLayer, ConvLayer, DenseLayer, DropoutLayer, Layer, ModelSpec } from "../model/spec";

/**
 * The network as the kernels compute it: layers that one kernel does together are one node. Values are named by the last layer that a
 * node does, as in the spec.
 */
export type FusedNode =
  | {
      readonly kind: "conv";
      readonly layer: ConvLayer;
      readonly input: string;
      /** Value added to the result: the residual addition that follows, null where there is none. */
      readonly addend: string | null;
      readonly output: string;
    }
  | {
      readonly kind: "activation";
      readonly layer: BatchNormLayer;
      readonly relu: boolean;
      readonly dropout: DropoutLayer | null;
      readonly input: string;
      readonly output: string;
    }
  | { readonly kind: "add"; readonly inputs: readonly [string, string]; readonly relu: boolean; readonly output: string }
  /** Batch norm, ReLU, mean over pixels, dropout, dense layer: always the last node. */
  | {
      readonly kind: "head";
      readonly norm: BatchNormLayer;
      readonly dropout: DropoutLayer | null;
      readonly dense: DenseLayer;
      readonly input: string;
      readonly output: string;
    };

/** What a part of a network may have in place of a head that is cut between the mean over pixels and the dense layer. */
export type PartNode =
  | FusedNode
  | {
      readonly kind: "pool";
      readonly norm: BatchNormLayer;
      readonly dropout: DropoutLayer | null;
      readonly input: string;
      readonly output: string;
    }
  | { readonly kind: "dense"; readonly dense: DenseLayer; readonly input: string; readonly output: string };

/** The network's nodes in execution order. Throws ShapeError for a network that the kernels have no node for. */
export function fuse(spec: ModelSpec): readonly FusedNode[] {
  return fusePart(spec).map((node) => {
    if (node.kind === "pool")
      throw new ShapeError(`${node.output}: no dense layer follows`, "Use the stock kernels for this network.");
    if (node.kind === "dense") throw misplaced(node.dense);
    return node;
  });
}

/** The same for a network that may begin behind the mean over pixels or end with it. */
export function fusePart(spec: ModelSpec): readonly PartNode[] {
  return new Fuser(spec).nodes();
}

function misplaced({ name, kind }: Layer): ShapeError {
  return new ShapeError(`${name}: a ${kind} layer stands where no kernel takes it`, "Use the stock kernels for this network.");
}

class Fuser {
  readonly #layers: readonly Layer[];
  readonly #consumers = new Map<string, Layer[]>();
  readonly #done = new Set<Layer>();

  constructor(spec: ModelSpec) {
    this.#layers = spec.layers;
    for (const layer of spec.layers) {
      for (const input of inputsOf(layer)) this.#consumers.set(input, [...(this.#consumers.get(input) ?? []), layer]);
    }
  }

  nodes(): readonly PartNode[] {
    const nodes: PartNode[] = [];
    for (const layer of this.#layers) {
      if (layer.kind === "input" || this.#done.has(layer)) continue;
      nodes.push(this.#nodeOf(layer));
    }
    return nodes;
  }

  #nodeOf(layer: Layer): PartNode {
    switch (layer.kind) {
      case "conv":
        return this.#conv(layer);
      case "batchNorm":
        return this.#batchNorm(layer);
      case "add": {
        const relu = this.#only(layer, "relu");
        return { kind: "add", inputs: layer.inputs, relu: relu !== null, output: relu?.name ?? layer.name };
      }
      case "dense":
        return { kind: "dense", dense: layer, input: layer.input, output: layer.name };
      default:
        throw misplaced(layer);
    }
  }

  /** An addition right behind a convolution is done by it, unless a ReLU follows or the other value comes later. */
  #conv(layer: ConvLayer): FusedNode {
    const add = this.#only(layer, "add");
    const other = add?.inputs.find((name) => name !== layer.name);
    const earlier = this.#layers.slice(0, this.#layers.indexOf(layer)).some(({ name }) => name === other);
    const followedByRelu = add !== null && this.#follower(add, "relu") !== null;
    if (add === null || other === undefined || !earlier || followedByRelu) {
      return { kind: "conv", layer, input: layer.input, addend: null, output: layer.name };
    }
    this.#done.add(add);
    return { kind: "conv", layer, input: layer.input, addend: other, output: add.name };
  }

  #batchNorm(layer: BatchNormLayer): PartNode {
    const relu = this.#only(layer, "relu");
    const mean = relu && this.#only(relu, "globalMean");
    if (mean !== null) return this.#head(layer, mean);
    const dropout = this.#only(relu ?? layer, "dropout");
    const output = (dropout ?? relu ?? layer).name;
    return { kind: "activation", layer, relu: relu !== null, dropout, input: layer.input, output };
  }

  #head(norm: BatchNormLayer, mean: Layer): PartNode {
    const dropout = this.#only(mean, "dropout");
    const dense = this.#only(dropout ?? mean, "dense");
    if (dense === null) return { kind: "pool", norm, dropout, input: norm.input, output: (dropout ?? mean).name };
    return { kind: "head", norm, dropout, dense, input: norm.input, output: dense.name };
  }

  /** The one layer that takes this layer's value, if it is of that kind; it is then done with. */
  #only<K extends Layer["kind"]>(layer: Layer, kind: K): Extract<Layer, { kind: K }> | null {
    const found = this.#follower(layer, kind);
    if (found !== null && kind !== "add") this.#done.add(found);
    return found;
  }

  #follower<K extends Layer["kind"]>(layer: Layer, kind: K): Extract<Layer, { kind: K }> | null {
    const [first, second] = this.#consumers.get(layer.name) ?? [];
    return first !== undefined && second === undefined && isKind(first, kind) ? first : null;
  }
}

function isKind<K extends Layer["kind"]>(layer: Layer, kind: K): layer is Extract<Layer, { kind: K }> {
  return layer.kind === kind;
}
