import { type Tensor, tensor, type Variable, variable } from "@tensorflow/tfjs-core";
import { ShapeError } from "../../base/errors";
import { type HostTensor, hostTensor, type NamedTensors } from "../../base/tensor";

/** Tensors on the device by parameter name, updated in place. */
export type DeviceTensors = ReadonlyMap<string, Variable>;

/** Copies host tensors to the device; the caller disposes them. */
export function upload(tensors: NamedTensors): DeviceTensors {
  return new Map([...tensors].map(([name, { shape, data }]) => [name, uploadOne(shape, data)]));
}

function uploadOne(shape: readonly number[], data: Float32Array): Variable {
  const initial = tensor(data, [...shape], "float32");
  const created = variable(initial, true);
  initial.dispose();
  return created;
}

/** Copies device tensors to the host: all reads are asked for before the first is waited for. */
export async function download(tensors: ReadonlyMap<string, Tensor>): Promise<NamedTensors> {
  const reads = [...tensors].map(async ([name, value]): Promise<[string, HostTensor]> => {
    const data = await value.data();
    return [name, hostTensor(value.shape, Float32Array.from(data))];
  });
  return new Map(await Promise.all(reads));
}

export function disposeAll(tensors: ReadonlyMap<string, Tensor>): void {
  for (const value of tensors.values()) value.dispose();
}

/** The device tensor of that name. */
export function deviceTensor(tensors: DeviceTensors, name: string): Variable {
  const found = tensors.get(name);
  if (found === undefined)
    throw new ShapeError(`no tensor named ${name} on the device`, "The checkpoint belongs to another network.");
  return found;
}
