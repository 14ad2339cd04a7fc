import type { InferenceSession, Tensor } from "onnxruntime-web";
import { CheckpointError } from "../base/errors";
import { type HostTensor, hostTensor } from "../base/tensor";

/** What is used of the package, which pages and Node load in ways of their own. */
export interface OnnxRuntimePackage {
  readonly InferenceSession: { create(model: Uint8Array): Promise<InferenceSession> };
  readonly Tensor: new (type: "float32", data: Float32Array, dims: readonly number[]) => Tensor;
}

export type NamedValues = ReadonlyMap<string, HostTensor>;

/** Runs an ONNX file on its named inputs; others of `values` are left aside. Returns its outputs by name. */
export type RunOnnx = (model: Uint8Array, values: NamedValues) => Promise<NamedValues>;

/** Runs graphs in ONNX Runtime: somebody else's program, so that what it gives proves the file and not our reading of it. */
export function onnxRunner({ InferenceSession, Tensor }: OnnxRuntimePackage): RunOnnx {
  return async (model, values) => {
    const session = await InferenceSession.create(model);
    try {
      const feeds = session.inputNames.map((name) => {
        const value = values.get(name);
        if (value === undefined)
          throw new CheckpointError(`a graph takes "${name}", which no other gives`, "Export the model again.");
        return [name, new Tensor("float32", value.data, value.shape)] as const;
      });
      const outputs = await session.run(Object.fromEntries(feeds));
      return new Map(Object.entries(outputs).map(([name, output]) => [name, hostValue(name, output)]));
    } finally {
      await session.release();
    }
  };
}

function hostValue(name: string, { dims, data }: Tensor): HostTensor {
  if (!(data instanceof Float32Array))
    throw new CheckpointError(`a graph gives "${name}" as other numbers than float32`, "Export the model again.");
  return hostTensor(dims, data);
}
