import { expect, test } from "@playwright/test";
import { changeConfiguration, dropFiles, keepScreenshot, sampleArchive } from "./support";

const archive = sampleArchive();
const MINUTE_MS = 60_000;

test("storage without room shows a banner, training goes on in memory, and catches up when there is room", async ({
  page,
  baseURL,
}) => {
  await page.goto("/?preset=tiny");
  await dropFiles(page, [archive]);
  await expect(page.getByRole("status")).toContainText("Data set ready");
  await changeConfiguration(page, (config) => {
    Object.assign(config, { emptyGroups: "assign-nearest" });
    Object.assign(config.group!, {
      steps: 150,
      batchSize: 4,
      validateEverySteps: 200,
      checkpointEverySteps: 5,
      learningRateDrops: [],
    });
  });
  await page.getByRole("button", { name: "Group", exact: true }).click();
  await expect(page.getByText("Last checkpoint")).toBeVisible({ timeout: 5 * MINUTE_MS });

  const devtools = await page.context().newCDPSession(page);
  const quota = (quotaSize?: number) =>
    devtools.send("Storage.overrideQuotaForOrigin", { origin: baseURL!, ...(quotaSize && { quotaSize }) });
  await quota(1000);
  const banner = page.getByRole("alert").filter({ hasText: "training goes on in memory" });
  await expect(banner).toBeVisible({ timeout: MINUTE_MS });
  await expect(banner.getByRole("link", { name: /^Save .*group-step-\d+\.safetensors yourself/ })).toBeVisible();
  await keepScreenshot(page, "storage-full");
  const step = () => page.getByRole("progressbar", { name: "Grouping" }).evaluate((bar: HTMLProgressElement) => bar.value);
  const before = await step();
  await expect.poll(step, { timeout: MINUTE_MS }).toBeGreaterThan(before);

  await quota();
  await expect(banner).toBeHidden({ timeout: MINUTE_MS });
  await expect(page.getByRole("status")).toContainText("Grouping finished", { timeout: 5 * MINUTE_MS });
});
