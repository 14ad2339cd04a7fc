import { numpy as np } from "@jax-js/jax";
import { type HostTensor, hostTensor, type NamedTensors, sizeOf } from "../base/tensor";

/** Arrays by parameter name: what jax-js calls a tree. */
export type JaxTensors = { [name: string]: np.Array };

/** Copies host tensors to the device of jax-js; kernels [k, k, in, out] become [out, in, k, k], its only layout. */
export function upload(tensors: NamedTensors): JaxTensors {
  return Object.fromEntries([...tensors].map(([name, tensor]) => [name, uploadOne(tensor)]));
}

function uploadOne(tensor: HostTensor): np.Array {
  const { shape, data } = tensor.shape.length === 4 ? permuted(tensor, [3, 2, 0, 1]) : tensor;
  return np.array(data.slice(), { shape: [...shape] });
}

/** Reads arrays back in our layout; consumes them. */
export async function download(tensors: JaxTensors): Promise<NamedTensors> {
  const host = new Map<string, HostTensor>();
  for (const [name, array] of Object.entries(tensors)) {
    const { shape } = array;
    const tensor = hostTensor(shape, Float32Array.from(await array.data()));
    host.set(name, shape.length === 4 ? permuted(tensor, [2, 3, 1, 0]) : tensor);
  }
  return host;
}

/** The tensor with its axes in another order: axis i of the result is axis `order[i]` of the argument. */
export function permuted({ shape, data }: HostTensor, order: readonly number[]): HostTensor {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const extents = order.map((axis) => shape[axis]!);
  const steps = order.map((axis) => strides[axis]!);
  const at = extents.map(() => 0);
  const result = new Float32Array(data.length);
  for (let index = 0, source = 0; index < result.length; index++) {
    result[index] = data[source]!;
    for (let axis = extents.length - 1; axis >= 0; axis--) {
      at[axis]! += 1;
      source += steps[axis]!;
      if (at[axis]! < extents[axis]!) break;
      source -= steps[axis]! * extents[axis]!;
      at[axis] = 0;
    }
  }
  return { shape: extents, data: result };
}
