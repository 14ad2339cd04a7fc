import { expect, type Page } from "@playwright/test";
import { changeConfiguration, dropFiles, keepScreenshot, sampleArchive } from "./support";
import { test } from "./told-test";

const MINUTE_MS = 60_000;
const STEPS = 40;

async function openTab(page: Page): Promise<void> {
  await page.goto("/?preset=tiny");
  await expect(page.getByText("Software adapter").first()).toBeVisible();
}

const status = (page: Page) => page.getByRole("status");
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

test("a second tab looks on while the first trains, can change nothing, and takes over when that one is closed", async ({
  page: first,
  context,
}) => {
  const archive = sampleArchive();
  await openTab(first);
  await dropFiles(first, [archive]);
  await expect(status(first)).toContainText("Data set ready");
  await changeConfiguration(first, (config) => {
    Object.assign(config, { emptyGroups: "assign-nearest" });
    Object.assign(config.group!, { steps: STEPS, batchSize: 4, validateEverySteps: STEPS, checkpointEverySteps: 4 });
  });
  await button(first, "Group").click();
  await expect(first.locator(".log-lines")).toContainText("Checkpoint written at step 4", { timeout: 2 * MINUTE_MS });

  const second = await context.newPage();
  await openTab(second);
  const note = second.getByRole("note").filter({ hasText: "Another tab" });
  await expect(note).toContainText("Another tab of the studio is training this run.");
  await expect(note).toContainText("press Stop in the other tab");
  await expect(second.getByRole("heading", { name: "Curves" })).toBeVisible();
  await expect(second.getByText("Running in another tab")).toBeVisible();
  for (const name of ["Group", "Split", "Evaluate", "Use sample data", "Remove data"])
    await expect(button(second, name)).toBeDisabled();
  await expect(second.getByRole("button", { name: /^Delete / })).toBeDisabled();
  await expect(button(second, "Resume")).toHaveCount(0);
  await keepScreenshot(second, "11-second-tab");
  // What gets past the page all the same, the engine refuses.
  await second.workers()[0]!.evaluate(() => {
    const command = { kind: "removeData" };
    self.dispatchEvent(new MessageEvent("message", { data: { version: 1, id: 1_000_000, command } }));
  });
  await expect(second.getByRole("alert")).toContainText("another tab of the studio is training");
  await second.getByRole("button", { name: "Dismiss" }).click();

  await button(first, "Pause").click();
  await expect(status(first)).toContainText("paused");
  await expect(note).toBeVisible();
  await button(first, "Resume").click();
  await first.close();
  await expect(note).toHaveCount(0);
  await expect(second.getByText("This run was interrupted while grouping")).toBeVisible();
  await button(second, "Resume").click();
  await expect(status(second)).toContainText("Grouping finished", { timeout: 4 * MINUTE_MS });
  await expect(second.getByText(`${STEPS} points, all drawn.`)).toBeVisible();
});
