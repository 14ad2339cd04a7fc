import { ShapeError } from "../base/errors";
import { type HostTensor, type NamedTensors, sizeOf, tensorNamed } from "../base/tensor";
import { spaceNamed } from "../model/lookup";
import { layerParameters, type ParameterRole, statisticNames } from "../model/parameters";
import type { BatchNormLayer, ModelSpec } from "../model/spec";
import type { NetworkTensors } from "../splitnet/slice";

/** A network as exported: dense or in blocks. */
export interface ExportNetwork {
  readonly name: string;
  readonly spec: ModelSpec;
  readonly parameters: NamedTensors;
  readonly statistics: NamedTensors;
  /** `classOrder[position]` is the class whose logit the last layer puts there. */
  readonly classOrder: readonly number[];
}

const ROLES: Readonly<Record<Exclude<ParameterRole, "logits">, string>> = {
  kernel: "weight",
  weights: "weight",
  biases: "bias",
  gamma: "weight",
  beta: "bias",
};

/** A tensor under both of its names. */
export interface PortableName {
  readonly kind: keyof NetworkTensors;
  readonly ours: string;
  /** Of ours, [...taps, in, out] or [channels]. */
  readonly shape: readonly number[];
  readonly portable: string;
}

/** Every tensor of the network in the order of exports. Throws ShapeError where two would have the same name. */
export function portableNames(spec: ModelSpec): PortableName[] {
  const parameters = layerParameters(spec).flatMap(({ name, role, shape }): PortableName[] => {
    if (role === "logits") return [];
    const portable = portableName(name.slice(0, name.lastIndexOf("/")), ROLES[role]);
    return [{ kind: "parameters", ours: name, shape, portable }];
  });
  const names = [...parameters, ...spec.layers.flatMap((layer) => (layer.kind === "batchNorm" ? statistics(spec, layer) : []))];
  const seen = new Set<string>();
  const repeated = names.find(({ portable }) => seen.size === seen.add(portable).size);
  if (repeated === undefined) return names;
  throw new ShapeError(`two tensors are named ${repeated.portable}`, "Rename one of the layers.");
}

function statistics(spec: ModelSpec, layer: BatchNormLayer): PortableName[] {
  const { mean, variance } = statisticNames(layer);
  const shared = { kind: "statistics", shape: [spaceNamed(spec, layer.space).size] } as const;
  return [
    { ...shared, ours: mean, portable: portableName(layer.name, "running_mean") },
    { ...shared, ours: variance, portable: portableName(layer.name, "running_var") },
  ];
}

/**
 * Parameters and statistics under PyTorch's names and layouts, which safetensors and ONNX files share: dots for slashes,
 * convolution weights [out, in, k, k], fully connected weights [out, in], batch norms as weight, bias, running_mean, running_var.
 */
export function portableTensors({ spec, ...tensors }: Omit<ExportNetwork, "name" | "classOrder">): NamedTensors {
  return new Map(
    portableNames(spec).map(({ kind, ours, shape, portable }) => {
      const tensor = tensorNamed(tensors[kind], ours);
      expectShape(ours, tensor, shape);
      return [portable, outputsFirst(tensor)];
    }),
  );
}

/** "unit_2_0/conv_1/block_0" and "weight" give "unit_2_0.conv_1.block_0.weight". */
export function portableName(layer: string, role: string): string {
  return `${layer.replaceAll("/", ".")}.${role}`;
}

/** [...taps, in, out] becomes [out, in, ...taps]; vectors stay. */
function outputsFirst(tensor: HostTensor): HostTensor {
  if (tensor.shape.length < 2) return tensor;
  const data = new Float32Array(tensor.data.length);
  eachPlace(tensor.shape, (ours, portable) => {
    data[portable] = tensor.data[ours]!;
  });
  return { shape: portableShape(tensor.shape), data };
}

/** The inverse of `outputsFirst`; `shape` is ours. */
export function outputsLast(shape: readonly number[], portable: Float32Array): HostTensor {
  if (shape.length < 2) return { shape, data: portable };
  const data = new Float32Array(portable.length);
  eachPlace(shape, (ours, place) => {
    data[ours] = portable[place]!;
  });
  return { shape, data };
}

/** [...taps, in, out] gives [out, in, ...taps]. */
export function portableShape(shape: readonly number[]): readonly number[] {
  return shape.length < 2 ? shape : [shape.at(-1)!, shape.at(-2)!, ...shape.slice(0, -2)];
}

/** Calls with the place of every value in [...taps, in, out] and in [out, in, ...taps]. */
function eachPlace(shape: readonly number[], visit: (ours: number, portable: number) => void): void {
  const [inputs, outputs] = [shape.at(-2)!, shape.at(-1)!];
  const taps = sizeOf(shape.slice(0, -2));
  let ours = 0;
  for (let tap = 0; tap < taps; tap++) {
    for (let input = 0; input < inputs; input++) {
      for (let output = 0; output < outputs; output++) visit(ours++, (output * inputs + input) * taps + tap);
    }
  }
}

function expectShape(name: string, tensor: HostTensor, shape: readonly number[]): void {
  if (tensor.shape.join() === shape.join()) return;
  throw new ShapeError(
    `${name}: expected shape [${shape.join(", ")}], got [${tensor.shape.join(", ")}]`,
    "The checkpoint belongs to another network: choose the run it came from.",
  );
}
