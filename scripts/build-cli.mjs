// Builds the command line: src/cli/main.ts and all it imports become dist/cli/splitnet.js for Node 20.
// Usage: node scripts/build-cli.mjs [ENTRY [FOLDER]]. npm runs it after `npm ci` (the `prepare` script).
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { build } from "vite";
import { preferModules, root } from "./lib/project.mjs";

const entry = resolve(root, process.argv[2] ?? "src/cli/main.ts");
const folder = resolve(root, process.argv[3] ?? "dist/cli");

if (!existsSync(entry)) {
  console.error(`build-cli: ${entry} does not exist`);
  process.exit(1);
}

await build({
  root,
  configFile: false,
  logLevel: "warn",
  publicDir: false,
  resolve: preferModules,
  ssr: {
    target: "node",
    // Everything is bundled, so that the program starts fast and tfjs exists once. Dawn is a native library, and ONNX Runtime finds its
    // program beside itself: both stay outside.
    noExternal: true,
    external: ["webgpu", "onnxruntime-web"],
    resolve: preferModules,
  },
  build: {
    ssr: true,
    target: "node20",
    outDir: folder,
    emptyOutDir: true,
    minify: false,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 10_000,
    rolldownOptions: {
      input: { splitnet: entry },
      output: { format: "es", entryFileNames: "[name].js", chunkFileNames: "chunks/[name]-[hash].js" },
    },
  },
});
