import { expect } from "@playwright/test";
import { changeConfiguration, dropFiles, keepScreenshot, sampleArchive } from "./support";
import { test } from "./told-test";

const MINUTE_MS = 60_000;

test("the whole job at one press, the images behind a cell of the confusion matrix, and a name for the run", async ({ page }) => {
  await page.goto("/?preset=tiny");
  await dropFiles(page, [sampleArchive()]);
  await expect(page.getByRole("status")).toContainText("Data set ready");
  await changeConfiguration(page, (config) => {
    Object.assign(config, { emptyGroups: "assign-nearest" });
    const short = { batchSize: 4, validateEverySteps: 20, checkpointEverySteps: 10, learningRateDrops: [] };
    Object.assign(config.group!, { ...short, steps: 20 });
    Object.assign(config.finetune!, { ...short, steps: 10 });
  });
  await page.getByRole("button", { name: "All in one go" }).click();
  await expect(page.getByRole("switch", { name: "Tell me when it ends" })).toBeVisible({ timeout: MINUTE_MS });
  await expect(page.getByRole("status")).toContainText("Evaluated: unsplit", { timeout: 3 * MINUTE_MS });

  const results = page.getByRole("region", { name: "Results" });
  const matrix = results.getByRole("application", { name: "Confusion matrix; arrow keys move the cursor" });
  await matrix.focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  const caption = /\(split network\)/;
  await expect(results.getByText(caption)).toBeVisible();
  await results.getByLabel("Ordered by").selectOption("accuracy");
  const box = (await matrix.boundingBox())!;
  // Of six classes, the most of the first row is where the best class is taken for itself.
  await matrix.click({ position: { x: box.width / 12, y: box.height / 12 } });
  await expect(results.getByRole("list", { name: /right \(split network\)/ })).toBeVisible();
  await keepScreenshot(page, "17-confused");
  await results.getByLabel("Classes").selectOption({ label: "Group 1" });
  await expect(results).toContainText("Mistakes within and between groups");
  await results.getByLabel("Classes").selectOption({ label: "all" });
  await results.getByRole("button", { name: "Zoom in" }).click();
  await results.getByRole("button", { name: "Zoom out" }).click();
  await expect(results.getByRole("button", { name: "Zoom out" })).toBeDisabled();
  await matrix.hover({ position: { x: 2, y: 2 } });
  await page.mouse.down();
  await matrix.hover({ position: { x: box.width / 2, y: box.height / 3 } });
  await page.mouse.up();
  await expect(results.getByRole("button", { name: "Zoom out" })).toBeEnabled();
  await results.getByRole("button", { name: "Show images" }).click();
  await expect(results.getByRole("list", { name: /^Split network, certain and wrong: / })).toBeVisible();

  const runs = page.getByRole("region", { name: "Runs" });
  await runs.getByRole("button", { name: /^Name and notes/ }).click();
  await keepScreenshot(page, "18-describing");
  await runs.getByRole("textbox", { name: "Name" }).fill("the first one");
  await runs.getByRole("textbox", { name: "Notes" }).fill("ten steps only");
  await runs.getByRole("button", { name: "Keep", exact: true }).click();
  await expect(runs.getByText("the first one", { exact: true })).toBeVisible();
  await page.reload();
  await expect(runs.getByText("ten steps only")).toBeVisible();
});
