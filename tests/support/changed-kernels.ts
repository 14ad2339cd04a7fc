import type { OpenDevice } from "../../src/kernels/device";

/** A fault put into a kernel: in programs whose label starts with `label`, `from` becomes `to`. */
export interface KernelFault {
  readonly label: string;
  readonly from: string;
  readonly to: string;
}

/** Everything that was compiled on one device, by program: a wrapper with one fault compiles one kernel anew. */
export type CompiledPrograms = Map<string, Promise<GPUComputePipeline>>;

/** The same device with faults in its kernels. Counts the programs it changed. */
export class ChangedKernels {
  readonly device: GPUDevice;
  /** Label and text of every program that was asked for. */
  readonly programs: { readonly label: string; readonly code: string }[] = [];
  changes = 0;
  readonly #faults: readonly KernelFault[];
  readonly #codes = new WeakMap<GPUShaderModule, string>();

  constructor({ device }: Pick<OpenDevice, "device">, faults: readonly KernelFault[], compiled: CompiledPrograms) {
    this.#faults = faults;
    const createShaderModule = (descriptor: GPUShaderModuleDescriptor): GPUShaderModule => {
      const code = this.#changed(descriptor.label ?? "", descriptor.code);
      const module = device.createShaderModule({ ...descriptor, code });
      this.#codes.set(module, code);
      return module;
    };
    const createComputePipelineAsync = (descriptor: GPUComputePipelineDescriptor): Promise<GPUComputePipeline> => {
      const code = this.#codes.get(descriptor.compute.module)!;
      const pipeline = compiled.get(code) ?? device.createComputePipelineAsync(descriptor);
      compiled.set(code, pipeline);
      return pipeline;
    };
    const replaced: Readonly<Record<PropertyKey, unknown>> = { createShaderModule, createComputePipelineAsync };
    this.device = new Proxy(device, {
      get(target, name) {
        if (Object.hasOwn(replaced, name)) return replaced[name];
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  }

  #changed(label: string, code: string): string {
    this.programs.push({ label, code });
    const fault = this.#faults.find((candidate) => label.startsWith(candidate.label) && code.includes(candidate.from));
    if (fault === undefined) return code;
    this.changes++;
    return code.replaceAll(fault.from, fault.to);
  }
}
