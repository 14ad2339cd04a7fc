import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { backend, engine, type Tensor, type TensorInfo } from "@tensorflow/tfjs-core";
import { DeviceError } from "../../base/errors";

/** A kernel of ours in the form the tensor engine dispatches: one output, threads numbered from 0. */
export interface Program {
  /** Also the pipeline's cache key: programs of one name have one source. */
  readonly name: string;
  /** WGSL with `fn main(index: i32)`; `result`, inputs and `uniforms` (with `uniforms.threads`) are declared by the engine. */
  readonly source: string;
  readonly inputs: readonly ProgramInput[];
  readonly shape: readonly number[];
  readonly outputComponents: 1 | 4;
  /** Threads wanted; the grid rounds up, so `main` returns early beyond them. */
  readonly threads: number;
  /** 32-bit integers, then floats, by name. */
  readonly integers: Readonly<Record<string, number>>;
  readonly floats?: Readonly<Record<string, number>>;
}

export interface ProgramInput {
  readonly name: string;
  readonly tensor: TensorInfo;
  /** The input is declared as an array of scalars or of vectors of four. */
  readonly components: 1 | 4;
}

const WORKGROUP_SIZE = 64;

/** Runs a program and returns its output tensor, owned by the caller. */
export function runProgram(program: Program): Tensor {
  return engine().makeTensorFromTensorInfo(dispatchProgram(program));
}

/** The same for use inside a kernel of the tensor engine, which tracks the output itself. */
export function dispatchProgram({
  name,
  source,
  inputs,
  shape,
  outputComponents,
  threads,
  integers,
  floats = {},
}: Program): TensorInfo {
  const webgpu = backend();
  if (!(webgpu instanceof WebGPUBackend)) throw new DeviceError("no WebGPU device is open", "Open a device first.");
  const integerUniforms = { threads, ...integers };
  return webgpu.runWebGPUProgram(
    {
      shaderKey: name,
      outputShape: [...shape],
      variableNames: inputs.map((input) => input.name),
      variableComponents: inputs.map((input) => input.components),
      outputComponent: outputComponents,
      workgroupSize: [WORKGROUP_SIZE, 1, 1],
      dispatchLayout: { x: shape.map((_, axis) => axis) },
      dispatch: [Math.ceil(threads / WORKGROUP_SIZE), 1, 1],
      uniforms: [
        ...Object.keys(integerUniforms).map((key) => `${key} : i32,`),
        ...Object.keys(floats).map((key) => `${key} : f32,`),
      ].join(" "),
      getUserCode: () => source,
    },
    inputs.map((input) => input.tensor),
    "float32",
    [
      ...Object.values(integerUniforms).map((value) => ({ type: "int32", data: [value | 0] })),
      ...Object.values(floats).map((value) => ({ type: "float32", data: [value] })),
    ],
  );
}
