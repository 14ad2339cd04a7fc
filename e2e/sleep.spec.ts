import { expect } from "@playwright/test";
import { changeConfiguration, dropFiles, keepScreenshot, sampleArchive } from "./support";
import { test } from "./told-test";

const MINUTE_MS = 60_000;
const ASLEEP_MS = 40_000;

// On Windows no signal stops and continues a process.
if (process.platform !== "win32")
  test("a page that was stopped for a while says for how long, marks it in the curve and trains on", async ({
    page,
    browser,
  }) => {
    await page.goto("/?preset=tiny");
    await dropFiles(page, [sampleArchive()]);
    await expect(page.getByRole("status")).toContainText("Data set ready");
    await changeConfiguration(page, (config) => {
      Object.assign(config.group!, { steps: 30, batchSize: 4, validateEverySteps: 30, checkpointEverySteps: 30 });
    });
    await page.getByRole("button", { name: "Group", exact: true }).click();
    await expect(page.locator(".run-progress")).toContainText(/Step\s*[1-9]/, { timeout: MINUTE_MS });

    const session = await browser.newBrowserCDPSession();
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    const renderers = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
    expect(renderers.length).toBeGreaterThan(0);
    for (const id of renderers) process.kill(id, "SIGSTOP");
    await new Promise((resolve) => setTimeout(resolve, ASLEEP_MS));
    for (const id of renderers) process.kill(id, "SIGCONT");

    const words = /slept or the tab was frozen for 4\d s; nothing was done meanwhile\./;
    await expect(page.locator(".log-lines")).toContainText(words, { timeout: MINUTE_MS });
    await expect(page.getByText(/4\d s for which the computer slept or the tab was frozen, before step \d+/)).toBeVisible();
    await expect(page.getByRole("status")).toContainText("Grouping finished", { timeout: 2 * MINUTE_MS });
    await keepScreenshot(page, "13-slept");
  });
