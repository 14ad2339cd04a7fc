// Prints what adapter this environment gives to Node, as JSON: { description, software } or null.
// A program of its own because Vulkan reads its environment once a process, and because a bad driver may crash.
import { create } from "webgpu";

const gpu = create([]);
const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
const info = adapter?.info;
const description = [info?.vendor, info?.architecture, info?.device, info?.description].filter(Boolean).join(" ");
const software =
  info?.isFallbackAdapter === true || /swiftshader|llvmpipe|lavapipe|basic render|warp|software/i.test(description);
console.log(JSON.stringify(adapter === null ? null : { description, software }));
process.exit(0);
