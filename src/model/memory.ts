import { sizeOf } from "../base/tensor";
import type { Config } from "./config";
import { assignmentParameters, layerParameters } from "./parameters";
import { inferShapes } from "./shapes";
import type { ModelSpec } from "./spec";

/** Bytes of storage a training step needs, as a lower bound: gradients on their way and workspaces come on top. */
export interface MemoryEstimate {
  /** Weights, their gradients and their momentum. */
  readonly parameterBytes: number;
  /** Inputs of the batch norms for one batch, kept for the backward pass; what follows them is computed again. */
  readonly activationBytes: number;
  /** The largest single activation, which must fit one GPU buffer. */
  readonly largestActivationBytes: number;
}

const BYTES_PER_FLOAT = 4;

/** Estimate for a batch of `batchSize` images, with activations stored in `precision`. */
export function estimateMemory(spec: ModelSpec, batchSize: number, precision: Config["precision"]): MemoryEstimate {
  const activationBytes = precision === "f16" ? 2 : BYTES_PER_FLOAT;
  const parameters = [...layerParameters(spec), ...assignmentParameters(spec)];
  const values = parameters.reduce((sum, parameter) => sum + sizeOf(parameter.shape), 0);
  const kept = new Set(spec.layers.flatMap((layer) => (layer.kind === "batchNorm" ? [layer.input] : [])));
  const shapes = inferShapes(spec);
  const bytesOf = (name: string): number => {
    const { height, width, channels } = shapes.get(name)!;
    return height * width * channels * batchSize * activationBytes;
  };
  return {
    parameterBytes: 3 * values * BYTES_PER_FLOAT,
    activationBytes: [...kept].reduce((sum, name) => sum + bytesOf(name), 0),
    largestActivationBytes: Math.max(...[...shapes.keys()].map(bytesOf)),
  };
}
