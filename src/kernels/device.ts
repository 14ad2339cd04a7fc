import { DeviceError } from "../base/errors";

/** What the adapter is and offers. */
export interface DeviceReport {
  /** "software" runs on the processor: right, but tens to hundreds of times slower than a GPU. */
  readonly kind: "hardware" | "software";
  readonly description: string;
  /** Optional features that were offered and requested. */
  readonly features: readonly string[];
  readonly maxBufferBytes: number;
}

/** An open device. */
export interface OpenDevice {
  readonly device: GPUDevice;
  readonly adapterInfo: GPUAdapterInfo;
  readonly report: DeviceReport;
  /** Resolves with the reason once the device is lost or has rejected a command; never after `close`. */
  readonly lost: Promise<string>;
  /**
   * Takes the device for lost. It is left alone from then on, by `close` too: to destroy a device is to wait for its work, in Node with the whole
   * process and in Chromium with all of WebGPU, while another one can be opened beside it.
   */
  giveUp(reason: string): void;
  close(): void;
}

const OPTIONAL_FEATURES: readonly GPUFeatureName[] = ["shader-f16", "subgroups", "timestamp-query"];
const SOFTWARE_ADAPTERS = /swiftshader|llvmpipe|lavapipe|basic render|warp|software/i;

/** Opens the best adapter with all its limits. Throws DeviceError when there is none. */
export async function openDevice(gpu: GPU | undefined): Promise<OpenDevice> {
  const adapter = await requestAdapter(gpu);
  const features = OPTIONAL_FEATURES.filter((feature) => adapter.features.has(feature));
  const device = await adapter.requestDevice({
    label: "splitnet",
    requiredFeatures: features,
    requiredLimits: allLimits(adapter),
  });
  let closed = false;
  let givenUp = false;
  let lose: (reason: string) => void = () => undefined;
  const lost = new Promise<string>((resolve) => {
    lose = resolve;
    void device.lost.then((info) => {
      if (!closed) resolve(info.message || info.reason);
    });
    device.addEventListener("uncapturederror", (event) => {
      if (!closed) resolve(event.error.message);
    });
  });
  return {
    device,
    adapterInfo: adapter.info,
    report: reportOf(adapter, features),
    lost,
    giveUp(reason) {
      givenUp = true;
      lose(reason);
    },
    close() {
      closed = true;
      if (!givenUp) device.destroy();
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

/** What the browser tells of an adapter, empty where it does not, and the limits that decide what fits. */
export interface AdapterFacts {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly driver: string;
  readonly limits: Readonly<Record<string, number>>;
}

const DECISIVE_LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupsPerDimension",
] as const satisfies readonly (keyof GPUSupportedLimits)[];

export function adapterFacts({ device, adapterInfo }: Pick<OpenDevice, "device" | "adapterInfo">): AdapterFacts {
  const { vendor, architecture, device: name, description } = adapterInfo;
  const limits = Object.fromEntries(DECISIVE_LIMITS.map((limit) => [limit, device.limits[limit]]));
  return { vendor, architecture, device: name, driver: description, limits };
}

function reportOf(adapter: GPUAdapter, features: readonly string[]): DeviceReport {
  const { vendor, architecture, device, description } = adapter.info;
  const names = [vendor, architecture, device, description].filter((name) => name !== "");
  const text = names.join(" ") || "unnamed adapter";
  const software = adapter.info.isFallbackAdapter === true || SOFTWARE_ADAPTERS.test(text);
  return { kind: software ? "software" : "hardware", description: text, features, maxBufferBytes: adapter.limits.maxBufferSize };
}
