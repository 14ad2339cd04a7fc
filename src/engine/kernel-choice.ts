import { DeviceError } from "../base/errors";
import type { OpenDevice } from "../kernels/device";
import type { TuningStore } from "../kernels/tuning-store";
import { type Backend, backendOn, type KernelChoice } from "../train/backend";
import type { SelfTestResult } from "../train/self-test";

/** Which kernels a device computes with: our own, or the stock ones, and what our own got wrong. */
export type KernelsInUse = { readonly kind: "own" } | { readonly kind: "stock"; readonly reason: string };

/** The kernels that a device gets right. */
export interface ChosenKernels {
  readonly backend: Backend;
  readonly kernels: KernelsInUse;
}

/** One choice for each device that is open: the test takes a second or so. */
const choices = new WeakMap<GPUDevice, Promise<ChosenKernels>>();

/** The kernels of a device, tested when first asked for. Throws DeviceError where it gets neither ours nor the stock ones right. */
export function kernelsFor(device: OpenDevice, tunings: TuningStore): Promise<ChosenKernels> {
  const choice = choices.get(device.device) ?? choose(device, tunings);
  choices.set(device.device, choice);
  return choice;
}

async function choose(device: OpenDevice, tunings: TuningStore): Promise<ChosenKernels> {
  const { selfTest } = await import("../train/self-test");
  return chooseKernels(
    (kernels) => backendOn(device, kernels, tunings),
    ({ prepare }) => selfTest(device.device, prepare),
  );
}

/** Our kernels where they pass, else the stock ones where they do. */
export async function chooseKernels(
  open: (kernels: KernelChoice) => Promise<Backend>,
  test: (backend: Backend) => Promise<SelfTestResult>,
): Promise<ChosenKernels> {
  const own = await open("own");
  const result = await test(own);
  if (result.kind === "passed") return { backend: own, kernels: { kind: "own" } };
  const stock = await open("stock");
  const fallback = await test(stock);
  if (fallback.kind === "passed") return { backend: stock, kernels: { kind: "stock", reason: result.what } };
  throw new DeviceError(
    `this graphics device computes wrongly. Our kernels: ${result.what}. The stock kernels: ${fallback.what}`,
    "Update the graphics driver, or use another graphics device or browser.",
  );
}
