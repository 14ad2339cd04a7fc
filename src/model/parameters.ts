import { spaceNamed } from "./lookup";
import type { BatchNormLayer, ModelSpec, WeightedLayer } from "./spec";

/** What a tensor of the network is, which decides its initial value, weight decay and learning rate. */
export type ParameterRole = "kernel" | "weights" | "biases" | "beta" | "gamma" | "logits";

/** One trainable tensor. Names are the published code's (docs/names.md), with `/block_g` before the role after the split. */
export interface ParameterSpec {
  readonly name: string;
  readonly role: ParameterRole;
  readonly shape: readonly number[];
  readonly layer: string;
  /** Block index after the split, null where the layer is dense. */
  readonly block: number | null;
}

/** Names of the running statistics of a batch normalisation. */
export function statisticNames(layer: BatchNormLayer): { readonly mean: string; readonly variance: string } {
  return { mean: `${layer.name}/mu`, variance: `${layer.name}/sigma` };
}

/** Name of the assignment logits of a space. */
export function logitsName(space: string): string {
  return `assignments/${space}/logits`;
}

/** Name of the weights of a layer that is not cut into blocks. */
export function weightsName({ kind, name }: WeightedLayer): string {
  return `${name}/${kind === "conv" ? "kernel" : "weights"}`;
}

/** Every trainable tensor of the network's layers in execution order; assignment logits are in `assignmentParameters`. */
export function layerParameters(spec: ModelSpec): ParameterSpec[] {
  return spec.layers.flatMap((layer): ParameterSpec[] => {
    switch (layer.kind) {
      case "conv":
      case "dense":
        return weightedParameters(spec, layer);
      case "batchNorm": {
        const shape = [spaceNamed(spec, layer.space).size];
        return (["beta", "gamma"] as const).map((role) => ({
          name: `${layer.name}/${role}`,
          role,
          shape,
          layer: layer.name,
          block: null,
        }));
      }
      default:
        return [];
    }
  });
}

/** Assignment logits [groups, size] of every grouped space. */
export function assignmentParameters(spec: ModelSpec): ParameterSpec[] {
  return spec.spaces
    .filter((space) => space.groups > 1)
    .map((space) => ({
      name: logitsName(space.name),
      role: "logits",
      shape: [space.groups, space.size],
      layer: space.name,
      block: null,
    }));
}

function weightedParameters(spec: ModelSpec, layer: WeightedLayer): ParameterSpec[] {
  const blocks = layer.blocks ?? {
    inputs: [spaceNamed(spec, layer.inputSpace).size],
    outputs: [spaceNamed(spec, layer.outputSpace).size],
  };
  return blocks.inputs.flatMap((inputs, index): ParameterSpec[] => {
    const outputs = blocks.outputs[index] as number;
    const block = layer.blocks === null ? null : index;
    const prefix = block === null ? layer.name : `${layer.name}/block_${block}`;
    if (layer.kind === "conv") {
      const shape = [layer.kernelSize, layer.kernelSize, inputs, outputs];
      return [{ name: `${prefix}/kernel`, role: "kernel", shape, layer: layer.name, block }];
    }
    return [
      { name: `${prefix}/weights`, role: "weights", shape: [inputs, outputs], layer: layer.name, block },
      { name: `${prefix}/biases`, role: "biases", shape: [outputs], layer: layer.name, block },
    ];
  });
}
