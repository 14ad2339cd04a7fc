// `npm run torture`: kills the command line at random moments and checks that nothing is lost by it.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { wantedDriver } from "./lib/drivers.mjs";
import { cacheFolder } from "./lib/project.mjs";
import { outputOf, show } from "./lib/run.mjs";
import { complaints, torture } from "./lib/torture.mjs";

const USAGE = `usage: npm run torture -- [--kills N] [--seed N] [--json]

Trains a small run once without interruption, then again with SIGKILLs at random moments, the writing of checkpoints among them, and the
same command after each. Every run must end with the tensors and curves of the first; a kill may cost no more steps than lie between
two checkpoints.

  --kills N   SIGKILLs in all (25)
  --seed N    seed of the moments (1)
  --json      print one JSON document on standard output: kills, resumed, equal, lostSteps and what was hit

The exit code is 0 when nothing was lost, 1 when something was (the runs are kept to be looked at), 2 for wrong usage.`;

const STEPS = 24;
const CHECKPOINT_EVERY_STEPS = 4;
const STAGE = {
  batchSize: 8,
  steps: STEPS,
  learningRateDrops: [],
  validateEverySteps: 6,
  checkpointEverySteps: CHECKPOINT_EVERY_STEPS,
};
const CONFIG = { emptyGroups: "assign-nearest", group: STAGE, finetune: STAGE, evaluation: { batchSize: 20 } };
const SAMPLE = ["--classes", "6", "--superclasses", "2", "--train", "50", "--test", "20"];

const { kills, seed, json } = readArguments();
const startedAt = performance.now();
const driver = provideDriver();
const program = await buildProgram();
const folder = mkdtempSync(join(tmpdir(), "splitnet-torture-"));

const result = await torture({
  kills,
  seed,
  program,
  args: prepareRun(),
  folder,
  stepsAStage: STEPS,
  checkpointEverySteps: CHECKPOINT_EVERY_STEPS,
  note: (line) => console.error(`torture: ${line}`),
});
const failures = complaints(result);
const seconds = Math.round((performance.now() - startedAt) / 1000);
const { resumed, equal, lostSteps } = result;
if (json) console.log(JSON.stringify({ ...result, seed, seconds, adapter: driver.description }));
else console.log(`${kills} kills, ${resumed} resumed, ${equal} equal, at most ${lostSteps} steps lost by one, in ${seconds} s`);
for (const failure of failures) console.error(`torture: ${failure}`);
if (failures.length === 0) rmSync(folder, { recursive: true });
else console.error(`torture: the runs are in ${folder}`);
process.exit(failures.length === 0 ? 0 : 1);

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        kills: { type: "string", default: "25" },
        seed: { type: "string", default: "1" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    if (!/^[1-9]\d{0,5}$/.test(values.kills) || !/^\d{1,9}$/.test(values.seed)) throw new Error("expected whole numbers");
    return { kills: Number(values.kills), seed: Number(values.seed), json: values.json };
  } catch (error) {
    console.error(`torture: ${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    process.exit(2);
  }
}

/** For the processes started here. */
function provideDriver() {
  const chosen = wantedDriver();
  if (chosen === null) {
    console.error("torture: no WebGPU adapter; `npm test` says what to install");
    process.exit(1);
  }
  Object.assign(process.env, chosen.environment);
  return chosen;
}

/** The command line as the source is now. */
async function buildProgram() {
  const built = join(cacheFolder, "torture");
  const code = await show(process.execPath, [join("scripts", "build-cli.mjs"), join("src", "cli", "main.ts"), built]);
  if (code !== 0) process.exit(1);
  return join(built, "splitnet.js");
}

/** Draws the images and writes the configuration; the options of `run` that name them. */
function prepareRun() {
  const [archive, config] = [join(folder, "sample.tar.gz"), join(folder, "config.json")];
  writeFileSync(config, JSON.stringify(CONFIG));
  if (outputOf(process.execPath, [program, "sample", "--out", archive, ...SAMPLE]) === null) {
    throw new Error("the sample data could not be drawn");
  }
  return ["--data", archive, "--preset", "tiny", "--config", config];
}
