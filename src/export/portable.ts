import { ShapeError } from "../base/errors";
import { type HostTensor, type NamedTensors, tensorNamed } from "../base/tensor";
import { layerParameters, type ParameterRole, statisticNames } from "../model/parameters";
import type { ModelSpec } from "../model/spec";

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

/**
 * Parameters and statistics under PyTorch's names and layouts, which safetensors and ONNX files share: dots for slashes,
 * convolution weights [out, in, k, k], fully connected weights [out, in], batch norms as weight, bias, running_mean, running_var.
 */
export function portableTensors({ spec, parameters, statistics }: Omit<ExportNetwork, "name" | "classOrder">): NamedTensors {
  const tensors = new Map<string, HostTensor>();
  const put = (name: string, tensor: HostTensor): void => {
    if (tensors.has(name)) throw new ShapeError(`two tensors are named ${name}`, "Rename one of the layers.");
    tensors.set(name, tensor);
  };
  for (const { name, role, shape } of layerParameters(spec)) {
    if (role === "logits") continue;
    const tensor = tensorNamed(parameters, name);
    expectShape(name, tensor, shape);
    put(portableName(name.slice(0, name.lastIndexOf("/")), ROLES[role]), outputsFirst(tensor));
  }
  for (const layer of spec.layers) {
    if (layer.kind !== "batchNorm") continue;
    const names = statisticNames(layer);
    put(portableName(layer.name, "running_mean"), tensorNamed(statistics, names.mean));
    put(portableName(layer.name, "running_var"), tensorNamed(statistics, names.variance));
  }
  return tensors;
}

/** "unit_2_0/conv_1/block_0" and "weight" give "unit_2_0.conv_1.block_0.weight". */
export function portableName(layer: string, role: string): string {
  return `${layer.replaceAll("/", ".")}.${role}`;
}

/** [...taps, in, out] becomes [out, in, ...taps]; vectors stay. */
function outputsFirst(tensor: HostTensor): HostTensor {
  if (tensor.shape.length < 2) return tensor;
  const outer = tensor.shape.slice(0, -2);
  const [inputs, outputs] = [tensor.shape.at(-2)!, tensor.shape.at(-1)!];
  const taps = outer.reduce((product, extent) => product * extent, 1);
  const data = new Float32Array(tensor.data.length);
  let read = 0;
  for (let tap = 0; tap < taps; tap++) {
    for (let input = 0; input < inputs; input++) {
      for (let output = 0; output < outputs; output++) {
        data[(output * inputs + input) * taps + tap] = tensor.data[read++]!;
      }
    }
  }
  return { shape: [outputs, inputs, ...outer], data };
}

function expectShape(name: string, tensor: HostTensor, shape: readonly number[]): void {
  if (tensor.shape.join() === shape.join()) return;
  throw new ShapeError(
    `${name}: expected shape [${shape.join(", ")}], got [${tensor.shape.join(", ")}]`,
    "The checkpoint belongs to another network: choose the run it came from.",
  );
}
