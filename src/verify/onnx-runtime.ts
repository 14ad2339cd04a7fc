import type { InferenceSession, Tensor } from "onnxruntime-web";
import { CheckpointError } from "../base/errors";
import { type HostTensor, hostTensor } from "../base/tensor";

/** What is used of the package, which pages and Node load in ways of their own. */
export interface OnnxRuntimePackage {
  readonly InferenceSession: { create(model: Uint8Array): Promise<InferenceSession> };
  readonly Tensor: new (type: "float32", data: Float32Array, dims: readonly number[]) => Tensor;
  readonly env: { readonly versions: { readonly web?: string } };
}

export type NamedValues = ReadonlyMap<string, HostTensor>;

/** An ONNX file that is ready to run: loading one takes longer than running it on a few images. */
export interface OnnxGraph {
  /** Runs it on its named inputs; others of `values` are left aside. Returns its outputs by name. */
  run(values: NamedValues): Promise<NamedValues>;
  release(): Promise<void>;
}

export interface OnnxProgram {
  readonly version: string;
  load(model: Uint8Array): Promise<OnnxGraph>;
}

/** ONNX Runtime: somebody else's program, so that what it gives proves the file and not our reading of it. */
export function onnxRuntime({ InferenceSession, Tensor, env }: OnnxRuntimePackage): OnnxProgram {
  return {
    version: env.versions.web ?? "of an unknown version",
    async load(model) {
      const session = await InferenceSession.create(model);
      return {
        run: async (values) => {
          const outputs = await session.run(feedsOf(session, values, Tensor));
          return new Map(Object.entries(outputs).map(([name, output]) => [name, hostValue(name, output)]));
        },
        release: () => session.release(),
      };
    },
  };
}

function feedsOf(
  session: InferenceSession,
  values: NamedValues,
  Tensor: OnnxRuntimePackage["Tensor"],
): InferenceSession.FeedsType {
  const feeds = session.inputNames.map((name) => {
    const value = values.get(name);
    if (value === undefined)
      throw new CheckpointError(`a graph takes "${name}", which no other gives`, "Export the model again.");
    return [name, new Tensor("float32", value.data, value.shape)] as const;
  });
  return Object.fromEntries(feeds);
}

function hostValue(name: string, { dims, data }: Tensor): HostTensor {
  if (!(data instanceof Float32Array))
    throw new CheckpointError(`a graph gives "${name}" as other numbers than float32`, "Export the model again.");
  return hostTensor(dims, data);
}
