import { expect } from "@playwright/test";
import { randomStream, uniformOf } from "../src/base/random";
import { changeConfiguration, dropFiles, keepScreenshot, sampleArchive, storedPoints } from "./support";
import { test } from "./told-test";

const MINUTE_MS = 60_000;
const STEPS = 80;
const RELOADS = 20;
/** Longest wait between Resume and the next reload: some come before the first step, some after a few checkpoints. */
const LONGEST_MS = 2000;

test("@long reloads at any moment of training lose nothing: one click goes on, and the curve has every step once, in order", async ({
  page,
}) => {
  test.setTimeout(20 * MINUTE_MS);
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  await page.goto("/?preset=tiny");
  await dropFiles(page, [sampleArchive()]);
  await expect(page.getByRole("status")).toContainText("Data set ready");
  await changeConfiguration(page, (config) => {
    Object.assign(config.group!, { steps: STEPS, batchSize: 4, validateEverySteps: 10, checkpointEverySteps: 2 });
  });
  await page.getByRole("button", { name: "Group", exact: true }).click();
  await expect(page.getByRole("status")).toContainText("Grouping started", { timeout: MINUTE_MS });

  const stream = randomStream(1, "sample");
  const waits = Array.from({ length: RELOADS }, (_, reload) => uniformOf(stream.words(reload)[0]));
  let reloads = 0;
  const finished = page.getByRole("status").filter({ hasText: "Grouping finished" });
  for (const wait of waits) {
    await page.waitForTimeout(wait * LONGEST_MS);
    // A fast computer may be done before the storm is over.
    if (await finished.isVisible()) break;
    await page.reload();
    reloads++;
    await page.getByRole("button", { name: "Resume", exact: true }).click();
  }
  expect(reloads).toBeGreaterThanOrEqual(RELOADS / 2);
  await expect(finished).toBeVisible({ timeout: 8 * MINUTE_MS });
  await keepScreenshot(page, "14-after-reloads");
  await expect(page.getByText(`${STEPS} points, all drawn.`)).toBeVisible();
  await expect(page.getByRole("alert")).toHaveCount(0);

  const stored = await storedPoints(page);
  const steps = stored.filter(({ kind }) => kind === "step").map(({ step }) => step);
  expect(steps).toEqual(Array.from({ length: STEPS }, (_, step) => step));
  const validations = stored.filter(({ kind }) => kind === "validation").map(({ step }) => step);
  expect(validations).toEqual(Array.from({ length: STEPS / 10 }, (_, index) => 10 * (index + 1)));
  expect(problems).toEqual([]);
});
