import { DeviceError } from "../base/errors";
import portable from "./portable.wgsl?raw";

/** How activations are stored; sums, statistics, parameters and momentum are float32 in both. */
export type Precision = "f32" | "f16";

/** Values that a kernel is compiled with: `NAME: 3` becomes `const NAME = 3;` before its source; write floats as text ("0.5f"). */
export type Constants = Readonly<Record<string, number | boolean | string>>;

/** WGSL of a kernel and what it is compiled with. Sources use `Activation4` for four channels of stored activations. */
export interface Kernel {
  readonly source: string;
  readonly constants: Constants;
}

const PRELUDES: Readonly<Record<Precision, string>> = {
  f32: "alias Activation4 = vec4<f32>;",
  f16: "enable f16;\nalias Activation4 = vec4<f16>;",
};

/** The whole program of a kernel. */
export function programText({ source, constants }: Kernel, precision: Precision): string {
  const lines = Object.entries(constants).map(([name, value]) => `const ${name} = ${value};`);
  return [PRELUDES[precision], ...lines, portable, source].join("\n");
}

const caches = new WeakMap<GPUDevice, Map<string, Promise<GPUComputePipeline>>>();

/** The compiled kernel; equal programs of one device are compiled once. Throws DeviceError with the compiler's message. */
export function compiled(device: GPUDevice, label: string, kernel: Kernel, precision: Precision): Promise<GPUComputePipeline> {
  const cache = caches.get(device) ?? new Map<string, Promise<GPUComputePipeline>>();
  caches.set(device, cache);
  const code = programText(kernel, precision);
  const found = cache.get(code);
  if (found !== undefined) return found;
  const pipeline = compile(device, label, code);
  cache.set(code, pipeline);
  return pipeline;
}

async function compile(device: GPUDevice, label: string, code: string): Promise<GPUComputePipeline> {
  const module = device.createShaderModule({ label, code });
  try {
    return await device.createComputePipelineAsync({ label, layout: "auto", compute: { module, entryPoint: "main" } });
  } catch (error) {
    const { messages } = await module.getCompilationInfo();
    const errors = messages.filter((message) => message.type === "error").map((message) => message.message);
    const reason = errors.join("; ") || (error instanceof Error ? error.message : String(error));
    throw new DeviceError(
      `the kernel ${label} does not compile: ${reason}`,
      "Report it, with the adapter's name; use the stock kernels.",
    );
  }
}
