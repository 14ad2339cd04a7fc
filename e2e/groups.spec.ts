import { expect, test } from "@playwright/test";
import { changeConfiguration, dropFiles, keepScreenshot, sampleArchive } from "./support";

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
});
