import addSource from "./activation-add.wgsl?raw";
import reluGradientSource from "./activation-relu-gradient.wgsl?raw";
import type { Constants } from "./pipelines";
import type { Operand, Recorder } from "./recorder";

/** Threads of a workgroup, and distance of a thread's vec4: as in the kernels. */
const WORKGROUP = 256;
const VECTORS_PER_THREAD = 4;
const MAX_WORKGROUPS = 65_535;

interface Elementwise {
  /** Layer and shape. */
  readonly label: string;
  /** Stored values of each operand, a multiple of 4. */
  readonly values: number;
}

export interface Addition extends Elementwise {
  readonly left: Operand;
  readonly right: Operand;
  readonly relu: boolean;
  readonly output: Operand;
}

/** output = left + right, or relu(left + right): activations of one shape. */
export function recordAdd(recorder: Recorder, { label, values, left, right, relu, output }: Addition): void {
  const { constants, workgroups } = elementwiseGrid(values);
  recorder.dispatch({
    label: `activation-add ${label}`,
    kernel: { source: addSource, constants: { ...constants, RELU: relu } },
    operands: [left, right, output],
    workgroups,
  });
}

export interface ReluGradient extends Elementwise {
  /** What the forward pass put out: positive where its gradient passes. */
  readonly output: Operand;
  readonly outputGradient: Operand;
  readonly inputGradient: Operand;
}

/** inputGradient = outputGradient where output > 0, else 0. */
export function recordReluGradient(recorder: Recorder, options: ReluGradient): void {
  const { label, values, output, outputGradient, inputGradient } = options;
  recorder.dispatch({
    label: `activation-relu-gradient ${label}`,
    kernel: { source: reluGradientSource, constants: elementwiseGrid(values).constants },
    operands: [output, outputGradient, inputGradient],
    workgroups: elementwiseGrid(values).workgroups,
  });
}

function elementwiseGrid(values: number): { constants: Constants; workgroups: [number, number, number] } {
  const vectors = values / 4;
  const perThread = Math.max(VECTORS_PER_THREAD, Math.ceil(vectors / (WORKGROUP * MAX_WORKGROUPS)));
  return {
    constants: { VECTORS: vectors, VECTORS_PER_THREAD: perThread },
    workgroups: [Math.ceil(vectors / (WORKGROUP * perThread)), 1, 1],
  };
}
