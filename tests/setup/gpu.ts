// First of all: the gradients that device.ts registers ask for flags that only this module defines.
import "@tensorflow/tfjs-core";
import { create, globals } from "webgpu";

Object.assign(globalThis, globals);
if (typeof navigator === "undefined") Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true });

// Dawn dies with this object, so navigator keeps it.
const gpu = create([]);
if ((await gpu.requestAdapter()) === null) {
  throw new Error(
    "no WebGPU adapter: `npm test` finds or installs one and says what is missing (a missing adapter is a failure)",
  );
}
Object.defineProperty(navigator, "gpu", { value: gpu, configurable: true });
