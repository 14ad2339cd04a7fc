import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import { randomStream, uniformOf } from "../src/base/random";
import { everydayBrowser } from "./everyday-browser";
import { changeConfiguration, dropFiles, sampleArchive, storedPoints } from "./support";
import { test } from "./told-test";

const MINUTE_MS = 60_000;
const KILLS = Number(process.env.KILLS ?? 25);
/** Of one run: more would kill it at the same few checkpoints again. */
const KILLS_A_RUN = 8;
const STEPS = { group: 60, finetune: 40 };
/** Longest time from the first sign of training to a kill. */
const LONGEST_MS = 6000;

async function start(page: Page): Promise<void> {
  await dropFiles(page, [sampleArchive()]);
  await expect(page.getByRole("status")).toContainText("Data set ready");
  await changeConfiguration(page, (config) => {
    const often = { batchSize: 4, validateEverySteps: 20, checkpointEverySteps: 5, learningRateDrops: [] };
    Object.assign(config, { emptyGroups: "assign-nearest" });
    Object.assign(config.group!, often, { steps: STEPS.group });
    Object.assign(config.finetune!, often, { steps: STEPS.finetune });
  });
  await page.getByRole("button", { name: "Group", exact: true }).click();
}

/** Presses whatever continues the run, until it is fine-tuned. */
async function carryOn(page: Page): Promise<void> {
  const finished = page.getByRole("status").filter({ hasText: "Fine-tuning finished" });
  while ((await finished.count()) === 0) {
    for (const name of ["Resume", "Split"]) {
      const button = page.getByRole("button", { name, exact: true }).first();
      if (await button.isEnabled({ timeout: 100 }).catch(() => false)) await button.click().catch(() => undefined);
    }
    await page.waitForTimeout(200);
  }
}

/** SHA-256 of the last checkpoints of both stages, and every point of the curves but its time. */
async function outcome(page: Page) {
  const hashes = await page.evaluate(async () => {
    const runs = await (await navigator.storage.getDirectory()).getDirectoryHandle("runs");
    const found: number[][] = [];
    for await (const folder of runs.values()) {
      for (const stage of ["group", "finetune"]) {
        if (!(folder instanceof FileSystemDirectoryHandle)) continue;
        const file = await (await folder.getFileHandle(`${stage}.safetensors`)).getFile();
        found.push([...new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()))]);
      }
    }
    return found;
  });
  return { hashes, points: (await storedPoints(page)).map(({ time: _time, ...point }) => point) };
}

/** One whole run in a profile of its own, killed after each of the waits. */
async function run(
  address: string,
  waits: readonly number[],
): Promise<{ killed: number; end: Awaited<ReturnType<typeof outcome>> }> {
  const profile = mkdtempSync(join(tmpdir(), "splitnet-kills-"));
  try {
    for (let killed = 0; ; killed++) {
      const { context, kill } = await everydayBrowser(profile);
      const page = context.pages()[0]!;
      await page.goto(address);
      const work = (killed === 0 ? start(page) : Promise.resolve()).then(() => carryOn(page));
      // Killed in the middle it fails, and nobody waits for it.
      work.catch(() => undefined);
      const training = page.getByRole("button", { name: "Pause", exact: true }).waitFor({ timeout: 5 * MINUTE_MS });
      training.catch(() => undefined);
      const wait = waits[killed];
      const death = training.then(() => new Promise((resolve) => setTimeout(resolve, wait))).then(() => "killed");
      const end = await Promise.race([work.then(() => "finished"), ...(wait === undefined ? [] : [death])]);
      if (end === "finished") {
        const stored = await outcome(page);
        await kill();
        return { killed, end: stored };
      }
      await kill();
    }
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

test("@long a browser killed at random moments ends its runs as one that was left alone", async ({ baseURL }) => {
  test.setTimeout(5 * MINUTE_MS + KILLS * MINUTE_MS);
  const address = `${baseURL}/?preset=tiny`;
  const { end: expected } = await run(address, []);
  const stream = randomStream(1, "sample");
  const waits = Array.from({ length: KILLS }, (_, kill) => LONGEST_MS * uniformOf(stream.words(kill)[0]));
  let kills = 0;
  while (kills < KILLS) {
    const { killed, end } = await run(address, waits.slice(kills, kills + KILLS_A_RUN));
    expect(end).toEqual(expected);
    expect(killed).toBeGreaterThan(0);
    kills += killed;
    console.log(`${kills} of ${KILLS} kills; the run ended as the one that was left alone`);
  }
});
