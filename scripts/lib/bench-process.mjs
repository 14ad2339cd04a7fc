// Runs a built src/bench/program.ts in Node: BUNDLE DRIVER COMMIT [ARGUMENT...].
// A program of its own because Vulkan reads its environment once a process.
import { pathToFileURL } from "node:url";
import { create, globals } from "webgpu";

const [bundle, driver, commit, ...args] = process.argv.slice(2);

// Before the bundle: its tensor engines look at these while they load. Dawn dies with the object, so navigator keeps it.
Object.assign(globalThis, globals);
const gpu = create([]);
Object.defineProperty(globalThis, "navigator", { value: { gpu, userAgent: "Node" }, configurable: true });

const { runBenchmarks } = await import(pathToFileURL(bundle ?? "").href);
const host = { gpu, driver, commit, print: console.log, note: console.error };
process.exit(await runBenchmarks(args, host));
