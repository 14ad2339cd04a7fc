import { expect, type Page } from "@playwright/test";
import { changeConfiguration, dropFiles, keepScreenshot, sampleArchive } from "./support";
import { test } from "./told-test";

const MINUTE_MS = 60_000;
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

/** Loads the page anew, as a person does who does not mind; whether the browser asked first. */
async function asksBeforeReload(page: Page): Promise<boolean> {
  let asked = false;
  const agree = async (dialog: { accept(): Promise<void>; type(): string }): Promise<void> => {
    asked = dialog.type() === "beforeunload";
    await dialog.accept();
  };
  page.on("dialog", agree);
  await page.reload();
  page.off("dialog", agree);
  await expect(page.getByText("Software adapter").first()).toBeVisible();
  return asked;
}

test("the browser asks before the page is left only while steps would be lost; the screen is kept on where that is chosen", async ({
  page,
}) => {
  await page.goto("/?preset=tiny");
  await dropFiles(page, [sampleArchive()]);
  await expect(page.getByRole("status")).toContainText("Data set ready");
  expect(await asksBeforeReload(page)).toBe(false);

  await changeConfiguration(page, (config) => {
    Object.assign(config.group!, { steps: 400, batchSize: 4, validateEverySteps: 400, checkpointEverySteps: 400 });
  });
  await button(page, "Group").click();
  await expect(page.locator(".run-progress")).toContainText(/Step\s*[1-9]/, { timeout: MINUTE_MS });
  const awake = page.getByRole("switch", { name: "Keep the screen on" });
  await expect(awake).not.toBeChecked();
  await awake.check();
  await expect(page.getByText("Closing the lid still sends the computer to sleep.")).toBeVisible();
  await keepScreenshot(page, "12-awake");
  expect(await asksBeforeReload(page)).toBe(true);

  await button(page, "Resume").click();
  await expect(page.locator(".run-progress")).toContainText(/Step\s*[1-9]/, { timeout: MINUTE_MS });
  await expect(awake).toBeChecked();
  await button(page, "Pause").click();
  await expect(page.getByRole("status")).toContainText("paused");
  await button(page, "Resume").click();
  await button(page, "Stop").click();
  await expect(page.getByRole("status")).toContainText("stopped", { timeout: MINUTE_MS });
  expect(await asksBeforeReload(page)).toBe(false);
});
