// `npm run fuzz -- [--inputs N] [--seed S] [--only NAME] [--json]`: hostile input for every parser (tests/fuzz); exits with 1 on a failure.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { root } from "./lib/project.mjs";
import { show } from "./lib/run.mjs";

const { values } = parseArgs({
  options: {
    inputs: { type: "string", default: "20000" },
    seed: { type: "string", default: "1" },
    only: { type: "string", default: "" },
    json: { type: "boolean", default: false },
  },
});
/** An input takes milliseconds; after so long it is not coming back. */
const HANG_MS = 60_000;
const folder = join("dist", "fuzz");

const built = await show(process.execPath, [join("scripts", "build-cli.mjs"), join("tests", "fuzz", "program.ts"), folder]);
if (built !== 0) process.exit(built);

// In a thread of its own, so that a parser that never returns can be seen and named.
const worker = new Worker(join(root, folder, "splitnet.js"), {
  workerData: { ...values, inputs: Number(values.inputs), seed: Number(values.seed) },
});
let last = "the start";
const watchdog = setTimeout(() => giveUp(`no answer for ${HANG_MS / 1000} s`), HANG_MS);

worker.on("error", (error) => giveUp(error instanceof Error ? String(error.stack) : String(error)));
worker.on("message", ({ text, failures, target, input }) => {
  watchdog.refresh();
  if (text === undefined) {
    last = `${target}, ${input}`;
    return;
  }
  console.log(text);
  process.exit(failures === 0 ? 0 : 1);
});

/** @param {string} what */
function giveUp(what) {
  console.error(`fuzz: at ${last}, seed ${values.seed}: ${what}`);
  process.exit(1);
}
