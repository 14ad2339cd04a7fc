// `npm run torture:page -- [--kills N] [--seed S] [--json]`: trains in a Chromium that is killed again and again, and compares what is
// stored in the end with a run that nothing disturbed.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "@playwright/test";
import { preview } from "vite";
import { findBrowser } from "./lib/browser.mjs";
import { root } from "./lib/project.mjs";
import { show } from "./lib/run.mjs";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "25" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});
const WANTED = Number(values.kills);
const PORT = 4391;
const DEBUGGING_PORT = 4392;
const ADDRESS = `http://127.0.0.1:${PORT}/?preset=tiny`;
const STEPS = { group: 60, finetune: 40 };
/** Longest time from the first sign of training to a kill. */
const MOST_MS = 6000;
const PATIENCE_MS = 5 * 60_000;

/** @param {string} line */
const say = (line) => values.json || console.log(line);

/** What the browser has stored: a hash of both stages' last checkpoints, and points of the curves that are there twice. */
const READ_STORED = `(async () => {
  const runs = await (await navigator.storage.getDirectory()).getDirectoryHandle("runs");
  const hashes = [];
  for await (const [, folder] of runs.entries()) {
    for (const stage of ["group", "finetune"]) {
      const file = await (await folder.getFileHandle(stage + ".safetensors")).getFile();
      const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
      hashes.push([...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join(""));
    }
  }
  const database = await new Promise((done, failed) => {
    const request = indexedDB.open("splitnet-studio");
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  const stored = await new Promise((done, failed) => {
    const request = database.transaction("metrics").objectStore("metrics").getAll();
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  database.close();
  const points = stored.flatMap(({ metrics }) => metrics).map(({ kind, stage, step }) => kind + " " + stage + " " + step);
  return { hash: hashes.join(" "), points: points.length, twice: points.length - new Set(points).size };
})()`;

/**
 * A browser of its own, so that killing it kills everything of it at once.
 * @param {string} profile
 */
async function openBrowser(profile) {
  const flags = [
    "--headless=new",
    "--no-sandbox",
    "--enable-unsafe-webgpu",
    "--use-webgpu-adapter=swiftshader",
    "--no-first-run",
  ];
  const args = [...flags, `--user-data-dir=${profile}`, `--remote-debugging-port=${DEBUGGING_PORT}`, "about:blank"];
  const child = spawn(findBrowser() ?? "chromium", args, { detached: true, stdio: "ignore" });
  const gone = new Promise((done) => child.on("exit", done));
  const kill = async () => {
    process.kill(-(child.pid ?? 0), "SIGKILL");
    await gone;
  };
  for (let attempt = 0; ; attempt++) {
    try {
      const browser = await chromium.connectOverCDP(`http://127.0.0.1:${DEBUGGING_PORT}`);
      const page = await (browser.contexts()[0] ?? (await browser.newContext())).newPage();
      page.setDefaultTimeout(PATIENCE_MS);
      await page.goto(ADDRESS);
      return { page, kill };
    } catch (error) {
      if (attempt > 60) throw error;
      await new Promise((done) => setTimeout(done, 250));
    }
  }
}

/** @typedef {import("@playwright/test").Page} Page */

/**
 * Brings data and a short recipe into a fresh page and starts it.
 * @param {Page} page
 * @param {string} archive
 */
async function start(page, archive) {
  const base64 = readFileSync(archive).toString("base64");
  const transfer = await page.evaluateHandle(`(() => {
    const data = new DataTransfer();
    const bytes = Uint8Array.from(atob("${base64}"), (character) => character.charCodeAt(0));
    data.items.add(new File([bytes], "sample.tar.gz"));
    return data;
  })()`);
  for (const type of ["dragenter", "dragover", "drop"]) await page.dispatchEvent("body", type, { dataTransfer: transfer });
  await page.getByRole("status").filter({ hasText: "Data set ready" }).waitFor();
  await page.getByText("Full configuration as JSON").click();
  const editor = page.getByLabel("Edit or paste, then apply.");
  const config = JSON.parse(await editor.inputValue());
  const often = { batchSize: 4, validateEverySteps: 20, checkpointEverySteps: 5, learningRateDrops: [] };
  Object.assign(config, { emptyGroups: "assign-nearest", evaluation: { batchSize: 20 } });
  Object.assign(config.group, often, { steps: STEPS.group });
  Object.assign(config.finetune, often, { steps: STEPS.finetune });
  await editor.fill(JSON.stringify(config));
  await page.getByRole("button", { name: "Apply JSON" }).click();
  await page.getByRole("button", { name: "Group", exact: true }).click();
}

/**
 * Presses whatever continues the run, until it is finetuned.
 * @param {Page} page
 */
async function carryOn(page) {
  const runs = page.locator("section, [aria-label]").filter({ hasText: "Runs" });
  await runs.first().waitFor();
  for (;;) {
    const status = (await page.getByRole("status").textContent()) ?? "";
    if (status.includes("Fine-tuning finished")) return;
    for (const name of ["Resume", "Split"]) {
      const button = page.getByRole("button", { name, exact: true });
      if ((await button.count()) > 0 && (await button.first().isEnabled()))
        await button
          .first()
          .click()
          .catch(() => undefined);
    }
    await page.waitForTimeout(200);
  }
}

/**
 * Numbers in [0, 1) from a seed (Lehmer's generator, modulus 2^31 - 1).
 * @param {number} seed
 */
function randomNumbers(seed) {
  let state = (seed * 7919 + 1) % 2147483647;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

/**
 * One whole run in a profile of its own, killed while kills are left.
 * @param {string} archive
 * @param {() => number} random
 * @param {number} kills at most
 */
async function run(archive, random, kills) {
  const profile = mkdtempSync(join(tmpdir(), "splitnet-profile-"));
  let killed = 0;
  for (let begun = false; ; begun = true) {
    const { page, kill } = await openBrowser(profile);
    const work = (begun ? Promise.resolve() : start(page, archive)).then(() => carryOn(page));
    work.catch(() => undefined);
    const training = page.getByRole("button", { name: "Pause", exact: true });
    const sign = training.waitFor().catch(() => undefined);
    const ended = await Promise.race([
      work.then(() => true),
      ...(killed < kills ? [sign.then(() => new Promise((done) => setTimeout(() => done(false), random() * MOST_MS)))] : []),
    ]);
    if (ended) {
      const stored = /** @type {{ hash: string, points: number, twice: number }} */ (await page.evaluate(READ_STORED));
      await kill();
      rmSync(profile, { recursive: true, force: true });
      return { ...stored, killed };
    }
    await kill();
    killed++;
    say(`kill ${killed} of this run`);
  }
}

const built = await show("npx", ["vite", "build", "--logLevel", "error"]);
if (built !== 0) process.exit(built);
const folder = mkdtempSync(join(tmpdir(), "splitnet-torture-"));
const archive = join(folder, "sample.tar.gz");
const sample = ["--classes", "6", "--superclasses", "2", "--train", "60", "--test", "20", "--seed", "3"];
await show(process.execPath, [join("bin", "splitnet.mjs"), "sample", "--out", archive, ...sample]);
const server = await preview({ root, logLevel: "error", preview: { port: PORT, strictPort: true, host: "127.0.0.1" } });

const random = randomNumbers(Number(values.seed));
const { killed: _none, ...expected } = await run(archive, random, 0);
say(`undisturbed: ${expected.points} points, ${expected.hash.slice(0, 16)}`);
let kills = 0;
let runs = 0;
let equal = 0;
while (kills < WANTED) {
  const { killed, ...stored } = await run(archive, random, Math.min(WANTED - kills, 8));
  const same = JSON.stringify(stored) === JSON.stringify(expected);
  kills += killed;
  runs++;
  if (same) equal++;
  say(`run ${runs}: ${killed} kills, ${same ? "the same" : `another: ${JSON.stringify(stored)}`}; ${kills} of ${WANTED} kills`);
}
await server.close();
rmSync(folder, { recursive: true });
const good = equal === runs && expected.twice === 0;
console.log(JSON.stringify({ kills, runs, resumed: kills, equal: good, equalRuns: equal }));
process.exit(good ? 0 : 1);
