import { expect } from "@playwright/test";
import { changeConfiguration, dropFiles, keepScreenshot, sampleArchive } from "./support";
import { test } from "./told-test";

const MINUTE_MS = 60_000;

test("trunk and branches are timed on devices of their own, give the split network's logits, and the timing can be stopped", async ({
  page,
}) => {
  await page.goto("/?preset=tiny");
  await dropFiles(page, [sampleArchive()]);
  const status = page.getByRole("status");
  await expect(status).toContainText("Data set ready");
  await changeConfiguration(page, (config) => {
    Object.assign(config, { emptyGroups: "assign-nearest" });
    Object.assign(config.group!, { steps: 6, batchSize: 4, learningRateDrops: [] });
    Object.assign(config.finetune!, { steps: 3, batchSize: 4, learningRateDrops: [] });
  });
  const panel = page.getByRole("region", { name: "Branches in parallel" });
  await expect(panel).toContainText("After the split");
  await page.getByRole("button", { name: "Group", exact: true }).click();
  await expect(status).toContainText("Grouping finished", { timeout: 2 * MINUTE_MS });
  await page.getByRole("button", { name: "Split", exact: true }).click();
  await expect(status).toContainText("Fine-tuning finished", { timeout: 2 * MINUTE_MS });

  const start = panel.getByRole("button", { name: "Time the branches" });
  await start.click();
  await expect(panel.getByRole("progressbar")).toBeVisible();
  await panel.getByRole("button", { name: "Stop timing" }).click();
  await expect(start).toBeEnabled();
  await expect(panel).not.toContainText("Measured here");

  await start.click();
  await expect(panel).toContainText("Measured here with 3 devices", { timeout: 3 * MINUTE_MS });
  await keepScreenshot(page, "44-branches-in-parallel");
  const rows = await panel.getByRole("group").locator("tbody tr").allInnerTexts();
  expect(rows.map((row) => Number(row.split(/\s+/)[0]))).toEqual([1, 4, 16, 64, 256]);
  for (const row of rows) {
    const difference = Number(row.split(/\s+/).at(-1));
    // Both are float32 on one device, summed in other orders at most.
    expect(difference).toBeLessThan(1e-4);
  }
  await expect(panel).toContainText("Deep split");
});
