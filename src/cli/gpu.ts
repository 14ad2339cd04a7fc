import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DeviceError } from "../base/errors";
import type { OpenDevice } from "../kernels/device";
import { packageRoot } from "./package-root";
import type { Progress } from "./progress";

const LOADER_VARIABLE = "VK_ICD_FILENAMES";

/** Folders in which Linux keeps the descriptions of its Vulkan drivers. */
const DRIVER_FOLDERS = ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d", "/usr/local/share/vulkan/icd.d"];

/** Folders of browsers that bring SwiftShader, a Vulkan driver that runs on the processor. */
const BROWSER_FOLDERS = [
  "/usr/lib/chromium",
  "/usr/lib/chromium-browser",
  "/usr/lib64/chromium-browser",
  "/opt/google/chrome",
  "/snap/chromium/current/usr/lib/chromium-browser",
];

/** The one object Dawn needs kept alive: if it is collected, every adapter and device of it dies. */
let instance: GPU | undefined;

/**
 * WebGPU for Node: what the system offers, else the software drivers known to work, in the order of their speed. Also sets the
 * globals and `navigator.gpu` that code written for browsers expects. Throws DeviceError that names what to install.
 */
export async function openGpu(): Promise<GPU> {
  const { create, globals } = await loadDawn();
  Object.assign(globalThis, globals);
  for (const driver of [undefined, ...softwareDrivers()]) {
    if (driver !== undefined) process.env[LOADER_VARIABLE] = driver;
    else if (!systemHasDriver()) continue;
    const gpu = create([]);
    if ((await gpu.requestAdapter({ powerPreference: "high-performance" })) !== null) return become(gpu);
  }
  throw new DeviceError(
    "no WebGPU adapter was found",
    "Install a graphics driver with Vulkan, or the software one: `apt-get install mesa-vulkan-drivers` (25 or newer) or `apt-get install chromium`.",
  );
}

/** Opens the device the engine computes on, says which it is, and warns when it is not a GPU. */
export async function openDeviceHere(progress: Progress): Promise<OpenDevice> {
  const gpu = await openGpu();
  const { openDevice } = await import("../kernels/device");
  const device = await openDevice(gpu);
  const { kind, description } = device.report;
  progress.note(`adapter: ${description}`);
  if (kind === "software") {
    progress.note("warning: this is a software adapter; results are right, but training is tens of times slower than on a GPU");
  }
  return device;
}

async function loadDawn() {
  try {
    return await import("webgpu");
  } catch (cause) {
    throw new DeviceError(
      `the WebGPU library does not load on ${process.platform}-${process.arch}`,
      "Run `npm ci` again; on Linux also `apt-get install libvulkan1`.",
      { cause },
    );
  }
}

function become(gpu: GPU): GPU {
  instance = gpu;
  const get = () => instance;
  if (typeof navigator === "undefined") Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true });
  Object.defineProperty(navigator, "gpu", { get, configurable: true });
  return gpu;
}

/** Asking Dawn for an adapter where there is no driver prints warnings of its own, so Linux is looked at first. */
function systemHasDriver(): boolean {
  if (process.platform !== "linux") return true;
  if (process.env[LOADER_VARIABLE] !== undefined || process.env.VK_DRIVER_FILES !== undefined) return true;
  return DRIVER_FOLDERS.some((folder) => descriptionsIn(folder).length > 0);
}

function softwareDrivers(): string[] {
  if (process.platform !== "linux") return [];
  const lavapipe = DRIVER_FOLDERS.flatMap((folder) => descriptionsIn(folder)).filter((file) => file.includes("lvp_icd"));
  const own = join(packageRoot(), ".cache", "vulkan", "lvp_icd.json");
  const swiftShader = BROWSER_FOLDERS.map((folder) => join(folder, "vk_swiftshader_icd.json"));
  return [...lavapipe, own, ...swiftShader].filter((file) => existsSync(file));
}

function descriptionsIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith(".json"))
      .map((file) => join(folder, file));
  } catch {
    return [];
  }
}
