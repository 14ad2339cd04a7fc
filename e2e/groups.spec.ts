import { expect, type Page } from "@playwright/test";
import { changeConfiguration, dropFiles, keepScreenshot, sampleArchive } from "./support";
import { test } from "./told-test";

const MINUTE_MS = 60_000;

test("how the groups formed can be looked at moment by moment, played, and is there after a reload", async ({ page }) => {
  await page.goto("/?preset=tiny");
  await dropFiles(page, [sampleArchive()]);
  await expect(page.getByRole("status")).toContainText("Data set ready");
  await changeConfiguration(page, (config) => {
    Object.assign(config, { emptyGroups: "assign-nearest" });
    Object.assign(config.group!, {
      steps: 80,
      batchSize: 8,
      validateEverySteps: 80,
      checkpointEverySteps: 20,
      learningRateDrops: [],
    });
  });
  await page.getByRole("button", { name: "Group", exact: true }).click();
  await expect(page.getByRole("status")).toContainText("Grouping finished", { timeout: 3 * MINUTE_MS });

  const groups = page.getByRole("region", { name: "Groups" });
  const slider = groups.getByRole("slider", { name: "Moment of stage 1" });
  await expect(slider).toHaveAttribute("aria-valuetext", "latest, after step 80");
  await expect(groups).toContainText(/\d+ of 6 changed group since step 79/);
  await slider.focus();
  await page.keyboard.press("Home");
  await expect(slider).toHaveAttribute("aria-valuetext", "after step 0");
  await expect(groups).toContainText("0% decided, entropy 1.00");
  for (const _ of Array(40)) await page.keyboard.press("ArrowRight");
  await expect(slider).toHaveAttribute("aria-valuetext", "after step 40");
  await keepScreenshot(page, "16-groups-past");

  await page.keyboard.press("Home");
  await groups.getByRole("button", { name: "Play how the groups formed" }).click();
  await expect(groups.getByRole("button", { name: "Stop playing" })).toBeVisible();
  await expect(slider).toHaveAttribute("aria-valuetext", "latest, after step 80", { timeout: MINUTE_MS });
  await expect(groups.getByRole("button", { name: "Play how the groups formed" })).toBeVisible();

  await page.reload();
  await expect(slider).toHaveAttribute("aria-valuetext", "latest, after step 80");
  await slider.press("Home");
  await expect(slider).toHaveAttribute("aria-valuetext", "after step 0");
  await page.emulateMedia({ colorScheme: "dark" });
  await keepScreenshot(page, "16-groups-dark");

  await expect(slider).toHaveAttribute("aria-valuetext", "after step 0");
  await expect(page.getByRole("region", { name: "Weights" }).getByRole("slider")).toHaveAttribute(
    "aria-valuetext",
    "after step 0",
  );
  await slider.press("End");
  await lightsByKeyboard(page);
  await readsALayer(page);
});

/** A class is lit by arrows and Enter in the list, seen in the matrices, and let go by Escape, wherever the focus is. */
async function lightsByKeyboard(page: Page): Promise<void> {
  const groups = page.getByRole("region", { name: "Groups" });
  const classes = groups.getByRole("list", { name: /^Group \d$/ }).filter({ has: page.getByRole("button") });
  const chips = classes.first().getByRole("button");
  await chips.first().focus();
  await expect(groups).toContainText("is lit in every picture; a click or Enter keeps it.");
  await page.keyboard.press("Enter");
  await expect(chips.first()).toHaveAttribute("aria-pressed", "true");
  await page.keyboard.press("Tab");
  await expect(groups).toContainText("is lit in every picture; Escape lets it go.");
  // Its column and row, and the row of its group in every other matrix.
  expect(await groups.locator(".band").count()).toBeGreaterThan(2);
  await keepScreenshot(page, "19-lit");
  await page.keyboard.press("Escape");
  await expect(chips.first()).toHaveAttribute("aria-pressed", "false");
}

async function readsALayer(page: Page): Promise<void> {
  const weights = page.getByRole("region", { name: "Weights" });
  await expect(weights).toContainText(/Last layer\s*\d+\.\d% off the blocks/);
  await weights.getByRole("button", { name: "Read from the last checkpoint" }).click();
  await expect(weights).toContainText("Last layer of the unsplit network at its checkpoint of step 80.");
  const matrix = weights.getByRole("application", { name: /^Weights of Last layer/ });
  await matrix.focus();
  await page.keyboard.press("ArrowRight");
  await expect(weights).toContainText(/\d+ \(group \d\) to \w+ \(group \d\): norm/);
  await expect(weights.getByRole("img", { name: /^Momentum/ })).toBeVisible();
  await keepScreenshot(page, "20-weights");
}
