import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { backend, engine, type Tensor, type TensorInfo } from "@tensorflow/tfjs-core";
import { DeviceError } from "../base/errors";

/** A uniform of a program, in declaration order. */
export interface Uniform {
  readonly name: string;
  readonly type: "i32" | "f32";
  readonly value: number;
}

/** A kernel of ours in the form the tensor engine dispatches: one output, one thread per `components` elements. */
export interface ElementProgram {
  /** Also the pipeline's cache key: programs of one name have one source. */
  readonly name: string;
  /** WGSL with `fn main(index: i32)`; `result`, `uniforms` and the inputs are declared by the engine. */
  readonly source: string;
  readonly inputs: readonly { readonly name: string; readonly tensor: Tensor }[];
  readonly shape: readonly number[];
  /** Elements a thread writes: `result` is an array of vectors of this many. */
  readonly components: 1 | 4;
  readonly uniforms: readonly Uniform[];
}

const WORKGROUP_SIZE = 64;

/** Runs a program and returns its output tensor, owned by the caller. */
export function runElementProgram(program: ElementProgram): Tensor {
  const webgpu = backend();
  if (!(webgpu instanceof WebGPUBackend)) throw new DeviceError("no WebGPU device is open", "Open a device first.");
  const { components } = program;
  const threads = program.shape.reduce((product, extent) => product * extent, 1) / components;
  const info: TensorInfo = webgpu.runWebGPUProgram(
    {
      shaderKey: program.name,
      outputShape: [...program.shape],
      variableNames: program.inputs.map((input) => input.name),
      variableComponents: program.inputs.map(() => components),
      outputComponent: components,
      workgroupSize: [WORKGROUP_SIZE, 1, 1],
      dispatchLayout: { x: program.shape.map((_, axis) => axis) },
      dispatch: [Math.ceil(threads / WORKGROUP_SIZE), 1, 1],
      size: true,
      uniforms: program.uniforms.map(({ name, type }) => `${name} : ${type},`).join(" "),
      getUserCode: () => program.source,
    },
    program.inputs.map((input) => input.tensor),
    "float32",
    program.uniforms.map(({ type, value }) => ({
      type: type === "i32" ? "int32" : "float32",
      data: [type === "i32" ? value | 0 : value],
    })),
  );
  return engine().makeTensorFromTensorInfo(info);
}
