import { sizeOf } from "../base/tensor";
import type { Config } from "./config";
import { assignmentParameters, layerParameters } from "./parameters";
import { inferShapes } from "./shapes";
import type { ModelSpec } from "./spec";

/** Bytes of storage a training step needs, as a lower bound: workspaces and the engine's pools come on top. */
export interface MemoryEstimate {
  /** Weights, their gradients and their momentum. */
  readonly parameterBytes: number;
  /** Every layer's output for one batch, kept for the backward pass. */
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
  const activations = [...inferShapes(spec).values()].map(
    (shape) => shape.height * shape.width * shape.channels * batchSize * activationBytes,
  );
  return {
    parameterBytes: 3 * values * BYTES_PER_FLOAT,
    activationBytes: activations.reduce((sum, bytes) => sum + bytes, 0),
    largestActivationBytes: Math.max(...activations),
  };
}
