// `npm start`: builds the page, serves it on this machine only, and opens it where there is a screen.
import { build, preview } from "vite";
import { root } from "./lib/project.mjs";

const hasScreen = process.platform !== "linux" || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

await build({ root, logLevel: "warn" });
const server = await preview({ root, preview: { open: hasScreen } });
const address = server.resolvedUrls?.local[0] ?? "";
console.log(`SplitNet Studio: ${address}\nOpen it in Chrome or Edge on this computer. Ctrl+C stops it.`);
