// `npm run soak`: trains for many steps in Node and reports what grows.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { wantedDriver } from "./lib/drivers.mjs";
import { cacheFolder } from "./lib/project.mjs";
import { show } from "./lib/run.mjs";

const USAGE = `usage: npm run soak -- [--steps N] [--json]

Trains stage 1 of preset tiny on sample data and watches, at every checkpoint, the heap, the device's memory and its buffers.

  --steps N   steps to train (2000)
  --json      print one JSON document on standard output, with every sample

The exit code is 1 when something grew or the steps of the last tenth took over 5 % longer than those of the first, 2 for wrong usage. VK_ICD_FILENAMES chooses the Vulkan driver.`;

/** Growth of the heap that is no leak: the engine optimises code for a long time. */
const HEAP_BYTES_PER_THOUSAND_STEPS = 200_000;

/** Of the last tenth of the steps over the first, on a machine that does nothing else. */
const MOST_SLOWDOWN = 1.05;

const { steps, json } = readArguments();
const driver = wantedDriver();
if (driver === null) {
  console.error("soak: no WebGPU adapter; `npm test` says what to install");
  process.exit(1);
}
const folder = join(cacheFolder, "soak");
const built = await show(process.execPath, [join("scripts", "build-cli.mjs"), join("src", "cli", "soak", "main.ts"), folder]);
if (built !== 0) process.exit(1);

const child = spawn(process.execPath, ["--expose-gc", join(folder, "splitnet.js"), String(steps)], {
  stdio: ["ignore", "pipe", "inherit"],
  env: { ...process.env, ...driver.environment },
});
const printed = await text(child.stdout);
if (printed === "") process.exit(1);
const report = JSON.parse(printed);
const { growthPerThousandSteps: growth, buffersCreated, msPerStep } = report;
if (json) process.stdout.write(printed);
else {
  console.log(
    `in 1000 steps: heap ${Math.round(growth.heapBytes)} bytes, device ${growth.deviceBytes} bytes, ${growth.buffersAlive} buffers more; ` +
      `${buffersCreated} buffers created; ${msPerStep.firstTenth.toFixed(1)} ms a step at first, ${msPerStep.lastTenth.toFixed(1)} at last`,
  );
}
const grew = growth.heapBytes > HEAP_BYTES_PER_THOUSAND_STEPS || growth.deviceBytes > 0 || growth.buffersAlive > 0;
if (grew) console.error("soak: something grew");
const slowed = msPerStep.lastTenth > MOST_SLOWDOWN * msPerStep.firstTenth;
if (slowed) console.error("soak: steps got slower");
process.exit(grew || slowed ? 1 : 0);

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        steps: { type: "string", default: "2000" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    if (!/^[1-9]\d{0,7}$/.test(values.steps)) throw new Error(`--steps ${values.steps}: expected a whole number of at least 1`);
    return { steps: Number(values.steps), json: values.json };
  } catch (error) {
    console.error(`soak: ${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    process.exit(2);
  }
}
