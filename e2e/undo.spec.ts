import { expect, type Page } from "@playwright/test";
import { changeConfiguration, dropFiles, keepScreenshot, sampleArchive } from "./support";
import { test } from "./told-test";

const archive = sampleArchive();
const MINUTE_MS = 60_000;

const status = (page: Page) => page.getByRole("status");
const runs = (page: Page) => page.locator(".runs > li");
const removed = (page: Page) => page.getByRole("list", { name: "Removed runs" }).getByRole("listitem");

/** Presses a button with the keyboard alone. */
async function pressKey(page: Page, name: string | RegExp, nth = 0): Promise<void> {
  const button = page.getByRole("button", { name }).nth(nth);
  await expect(button).toBeEnabled();
  await button.focus();
  await page.keyboard.press("Enter");
}

/** Deletes the topmost run of the list, through its question. */
async function deleteFirstRun(page: Page): Promise<void> {
  await pressKey(page, /^Delete /);
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("You can undo this for a day");
  await dialog.getByRole("button", { name: "Delete", exact: true }).focus();
  await page.keyboard.press("Enter");
}

test("deleted runs and data are taken back with the keyboard, in any order, also after a reload; freeing is final", async ({
  page,
}) => {
  await page.goto("/?preset=tiny");
  await dropFiles(page, [archive]);
  await expect(status(page)).toContainText("Data set ready");
  await changeConfiguration(page, (config) => {
    Object.assign(config, { emptyGroups: "assign-nearest" });
    Object.assign(config.group!, { steps: 2, batchSize: 4, validateEverySteps: 4, checkpointEverySteps: 2 });
  });
  for (const count of [1, 2]) {
    await page.getByRole("button", { name: "Group", exact: true }).click();
    // The status may still tell of the run before; the list tells of each.
    await expect(runs(page).filter({ hasText: /Grouped/ })).toHaveCount(count, { timeout: 5 * MINUTE_MS });
    await expect(page.getByRole("button", { name: "Group", exact: true })).toBeEnabled();
  }

  for (const count of [1, 2]) {
    await deleteFirstRun(page);
    await expect(removed(page)).toHaveCount(count);
    await expect(status(page)).toContainText(/Run of .* removed\. It can be taken back in the list of runs/);
    await expect(removed(page).first().getByRole("button", { name: /^Undo/ })).toBeFocused();
  }
  await expect(page.getByText("No runs yet")).toBeVisible();
  await expect(removed(page).first()).toContainText(/MB stay taken|kB stay taken/);
  await expect(page.locator(".storage")).toContainText("removed, but not freed");
  await keepScreenshot(page, "12-removed-light");
  await page.emulateMedia({ colorScheme: "dark" });
  await keepScreenshot(page, "12-removed-dark");
  await page.emulateMedia({ colorScheme: null });

  await page.reload();
  await expect(removed(page)).toHaveCount(2);
  // The one removed first comes back first.
  await pressKey(page, /^Undo: Run of/, 1);
  await expect(runs(page)).toHaveCount(1);
  await expect(page.locator(".run-lists")).toBeFocused();
  await expect(status(page)).toContainText(/Run of .* taken back/);
  await expect(page.getByRole("heading", { name: "Curves" })).toBeVisible();
  await pressKey(page, /^Undo: Run of/);
  await expect(runs(page)).toHaveCount(2);
  await expect(removed(page)).toHaveCount(0);

  await deleteFirstRun(page);
  await pressKey(page, /^Free its space now: Run of/);
  await expect(status(page)).toContainText("its space is free");
  await expect(removed(page)).toHaveCount(0);
  await expect(page.locator(".storage")).not.toContainText("removed, but not freed");

  await page.getByRole("button", { name: "Remove data" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove data" }).click();
  await expect(page.getByText("Data set sample.tar.gz removed.")).toBeVisible();
  await expect(page.getByRole("button", { name: /^Undo: Data set/ })).toBeFocused();
  await keepScreenshot(page, "13-removed-data");
  await page.reload();
  await pressKey(page, /^Undo: Data set/);
  await expect(status(page)).toContainText("Data set ready: sample.tar.gz, 160 images of 6 classes");
  await page.reload();
  await expect(runs(page)).toHaveCount(1);
  await expect(page.getByRole("button", { name: "Remove data" })).toBeVisible();
});
