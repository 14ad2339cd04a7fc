import { defaultDevice, init } from "@jax-js/jax";
import { DeviceError } from "../base/errors";

let opened: Promise<void> | null = null;

/** Makes WebGPU the device of jax-js, once a process, on an adapter of `navigator.gpu`. Throws DeviceError where it finds none. */
export function openJax(): Promise<void> {
  opened ??= open();
  return opened;
}

async function open(): Promise<void> {
  // jax-js looks for Firefox in it while it loads; Node 20 has none.
  if (navigator.userAgent === undefined) Object.defineProperty(navigator, "userAgent", { value: "Node", configurable: true });
  const devices = await init("webgpu");
  if (!devices.includes("webgpu")) {
    throw new DeviceError(
      "jax-js finds no WebGPU adapter",
      "Set navigator.gpu before it is opened, and see why it has no adapter.",
    );
  }
  defaultDevice("webgpu");
}
