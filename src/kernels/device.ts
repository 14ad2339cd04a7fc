import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import {
  env,
  findBackendFactory,
  registerBackend,
  registerKernel,
  removeBackend,
  setBackend,
  unregisterKernel,
} from "@tensorflow/tfjs-core";
// After the core, which must be whole before anything registers with it.
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import { DeviceError } from "../base/errors";
import { filterGradientKernel } from "./filter-gradient";

/** What the adapter is and offers. */
export interface DeviceReport {
  /** "software" runs on the processor: right, but tens to hundreds of times slower than a GPU. */
  readonly kind: "hardware" | "software";
  readonly description: string;
  /** Optional features that were offered and requested. */
  readonly features: readonly string[];
  readonly maxBufferBytes: number;
}

/** An open device that is also the tensor engine's backend. */
export interface OpenDevice {
  readonly device: GPUDevice;
  readonly report: DeviceReport;
  /** Resolves with the reason once the device is lost or has rejected a command; never after `close`. */
  readonly lost: Promise<string>;
  close(): void;
}

/** "stock" leaves the tensor engine as it is: the baseline of every speed comparison. */
export type KernelChoice = "own" | "stock";

const OPTIONAL_FEATURES: readonly GPUFeatureName[] = ["shader-f16", "subgroups", "timestamp-query"];
const SOFTWARE_ADAPTERS = /swiftshader|llvmpipe|lavapipe|basic render|warp|software/i;
/** The tensor engine finds kernels by this name. */
const BACKEND_NAME = "webgpu";
/** Dispatches recorded before a submit: fewer submits for a step of about a thousand dispatches, bounded peak memory. */
const DISPATCHES_PER_SUBMIT = 64;

/** Opens the best adapter with all its limits and makes it the tensor engine's device. Throws DeviceError when there is none. */
export async function openDevice(gpu: GPU | undefined, kernels: KernelChoice = "own"): Promise<OpenDevice> {
  const adapter = await requestAdapter(gpu);
  const features = OPTIONAL_FEATURES.filter((feature) => adapter.features.has(feature));
  const device = await adapter.requestDevice({
    label: "splitnet",
    requiredFeatures: features,
    requiredLimits: allLimits(adapter),
  });
  await becomeBackend(device, adapter.info);
  if (kernels === "own") installOwnKernels();
  let closed = false;
  const lost = new Promise<string>((resolve) => {
    void device.lost.then((info) => {
      if (!closed) resolve(info.message || info.reason);
    });
    device.addEventListener("uncapturederror", (event) => {
      if (!closed) resolve(event.error.message);
    });
  });
  return {
    device,
    report: reportOf(adapter, features),
    lost,
    close() {
      closed = true;
      forgetBackend();
      device.destroy();
    },
  };
}

async function requestAdapter(gpu: GPU | undefined): Promise<GPUAdapter> {
  if (gpu === undefined) {
    throw new DeviceError(
      "this browser or program has no WebGPU",
      "Use Chrome or Edge 113 or newer, and open the page over https or from localhost.",
    );
  }
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (adapter === null) {
    throw new DeviceError(
      "WebGPU is there, but it found no graphics adapter",
      "Update the graphics driver, switch on hardware acceleration in the browser's settings, or see chrome://gpu for what blocks it.",
    );
  }
  return adapter;
}

/** Every numeric limit the adapter offers: the defaults are far below what training needs. */
function allLimits(adapter: GPUAdapter): Record<string, number> {
  const limits: Record<string, number> = {};
  for (const name in adapter.limits) {
    const value: unknown = Reflect.get(adapter.limits, name);
    if (typeof value === "number") limits[name] = value;
  }
  return limits;
}

async function becomeBackend(device: GPUDevice, info: GPUAdapterInfo): Promise<void> {
  // Small tensors must not wander to the processor: it would round differently and stall the queue.
  env().set("WEBGPU_CPU_FORWARD", false);
  env().set("WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE", DISPATCHES_PER_SUBMIT);
  forgetBackend();
  registerBackend(BACKEND_NAME, () => new WebGPUBackend(device, info));
  await setBackend(BACKEND_NAME);
}

/** Registers our kernels in place of stock ones, once a process: they serve every later device. */
function installOwnKernels(): void {
  for (const kernel of [filterGradientKernel]) {
    unregisterKernel(kernel.kernelName, kernel.backendName);
    registerKernel(kernel);
  }
}

/** Disposes the backend and its tensors; kernels stay registered under the name. */
function forgetBackend(): void {
  if (findBackendFactory(BACKEND_NAME) !== undefined && findBackendFactory(BACKEND_NAME) !== null) removeBackend(BACKEND_NAME);
}

function reportOf(adapter: GPUAdapter, features: readonly string[]): DeviceReport {
  const { vendor, architecture, device, description } = adapter.info;
  const names = [vendor, architecture, device, description].filter((name) => name !== "");
  const text = names.join(" ") || "unnamed adapter";
  const software = adapter.info.isFallbackAdapter === true || SOFTWARE_ADAPTERS.test(text);
  return { kind: software ? "software" : "hardware", description: text, features, maxBufferBytes: adapter.limits.maxBufferSize };
}
