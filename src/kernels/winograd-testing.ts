import type { ConvGeometry } from "./conv-geometry";
import { geometryOf as convGeometryOf, padChannels, padWeights } from "./conv-testing";
import type { Precision } from "./pipelines";

/** Helpers of the Winograd kernels' tests: 3 x 3 convolutions of stride 1, laid out as the kernels read and write them. */

/** Channels of each block are logical: before padding to multiples of 4. */
export interface Problem {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** Operands and right results of one pass. */
interface Pass<T> {
  readonly input: T;
  readonly addend: T;
  /** Without and with the addend. */
  readonly plain: T;
  readonly added: T;
}

/** With logical channels. */
interface Answer {
  readonly kernels: readonly Tensor[];
  readonly forward: Pass<Tensor>;
  readonly inputGradient: Pass<Tensor>;
}

/** The same in the kernels' layout. */
export interface Example {
  readonly geometry: ConvGeometry;
  readonly precision: Precision;
  /** Blocks [9, inputs, outputs] at the geometry's offsets. */
  readonly weights: Float32Array;
  readonly forward: Pass<Float32Array>;
  readonly inputGradient: Pass<Float32Array>;
}

/** Lays a problem and its answer out for the kernels. */
export function exampleOf(problem: Problem, answer: Answer, precision: Precision): Example {
  const { inputs, outputs } = problem;
  const geometry = geometryOf(problem);
  const padPass = (pass: Pass<Tensor>, read: readonly number[], written: readonly number[]): Pass<Float32Array> => ({
    input: padChannels(pass.input, read),
    addend: padChannels(pass.addend, written),
    plain: padChannels(pass.plain, written),
    added: padChannels(pass.added, written),
  });
  return {
    geometry,
    precision,
    weights: padWeights(answer.kernels, geometry, false),
    forward: padPass(answer.forward, inputs, outputs),
    inputGradient: padPass(answer.inputGradient, outputs, inputs),
  };
}

/** Geometry of a problem: 3 x 3, stride 1. */
export function geometryOf(problem: Problem): ConvGeometry {
  return convGeometryOf({ ...problem, size: 3, stride: 1 });
}
