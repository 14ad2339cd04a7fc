import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { env, findBackendFactory, registerBackend, removeBackend, setBackend } from "@tensorflow/tfjs-core";
// After the core, which must be whole before anything registers with it.
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import type { OpenDevice } from "../device";

/** The tensor engine finds kernels by this name. */
const BACKEND_NAME = "webgpu";
/** Dispatches recorded before a submit: fewer submits for a step of about a thousand dispatches, bounded peak memory. */
const DISPATCHES_PER_SUBMIT = 64;

/** The device the tensor engine computes on now. */
let current: GPUDevice | null = null;

/** Makes a device the tensor engine's: its kernels are the baseline of every comparison, and what is left where ours are wrong. */
export async function takeStockKernels({ device, adapterInfo }: Pick<OpenDevice, "device" | "adapterInfo">): Promise<void> {
  if (current === device) return;
  current = device;
  // Small tensors must not wander to the processor: it would round differently and stall the queue.
  env().set("WEBGPU_CPU_FORWARD", false);
  env().set("WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE", DISPATCHES_PER_SUBMIT);
  const known = findBackendFactory(BACKEND_NAME);
  // Disposes the old backend and its tensors; kernels stay registered under the name.
  if (known !== undefined && known !== null) removeBackend(BACKEND_NAME);
  registerBackend(BACKEND_NAME, () => new WebGPUBackend(device, adapterInfo));
  await setBackend(BACKEND_NAME);
}
