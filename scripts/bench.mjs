// `npm run bench`: builds src/bench and runs it in Node on the best Vulkan driver, or on that of VK_ICD_FILENAMES.
import { join } from "node:path";
import { wantedDriver } from "./lib/drivers.mjs";
import { root } from "./lib/project.mjs";
import { outputOf, show } from "./lib/run.mjs";

const folder = join("dist", "bench");

const built = await show(process.execPath, [join("scripts", "build-cli.mjs"), join("src", "bench", "program.ts"), folder]);
if (built !== 0) process.exit(built);

const driver = wantedDriver();
if (driver === null) {
  console.error("bench: no WebGPU adapter; `npm test` says what to install");
  process.exit(1);
}
const program = join(root, "scripts", "lib", "bench-process.mjs");
const bundle = join(root, folder, "splitnet.js");
process.exit(await show(process.execPath, [program, bundle, driver.name, commit(), ...process.argv.slice(2)], driver));

/** The commit of the source, with "+" where files differ from it. */
function commit() {
  const head = outputOf("git", ["-C", root, "rev-parse", "--short", "HEAD"])?.trim() ?? "unknown";
  const changes = outputOf("git", ["-C", root, "status", "--porcelain"])?.trim() ?? "";
  return changes === "" ? head : `${head}+`;
}
