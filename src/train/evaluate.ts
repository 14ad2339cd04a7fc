import type { NamedTensors } from "../base/tensor";
import type { Examples } from "../data/dataset";
import type { ModelSpec } from "../model/spec";

/** A network at rest. */
export interface Network {
  readonly spec: ModelSpec;
  readonly parameters: NamedTensors;
  readonly statistics: NamedTensors;
}

export interface EvaluateOptions {
  readonly examples: Examples;
  /** Which examples, in order; all of them when absent. */
  readonly indices?: Uint32Array;
  readonly batchSize: number;
  readonly whiteningGuard: number;
  /** `classOrder[position]` is the class of that logit. */
  readonly classOrder: readonly number[];
  /** Runs the first batch once more, untimed: it compiles the shaders, which would count as time an image. */
  readonly warmUp?: boolean;
  readonly onProgress?: (done: number) => void;
  readonly signal?: AbortSignal;
}

/** Logits [count, classes] in class order and the wall-clock seconds of the forward passes. */
export interface Evaluated {
  readonly logits: Float32Array;
  readonly seconds: number;
}
