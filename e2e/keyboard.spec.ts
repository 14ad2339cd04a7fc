import { expect, type Locator, type Page } from "@playwright/test";
import { test } from "./told-test";

const MINUTE_MS = 60_000;
/** More than the page has stops. */
const MOST_TABS = 400;

/** Presses Tab until the focus is there; fails where a whole round does not bring it. */
async function tabTo(target: Locator): Promise<void> {
  const page = target.page();
  for (let tabs = 0; tabs < MOST_TABS; tabs++) {
    await page.keyboard.press("Tab");
    if (await target.evaluateAll((elements) => elements.some((element) => element === document.activeElement)))
      return expectSeen(page);
  }
  throw new Error(`Tab does not lead to ${target}`);
}

/** What has the focus is in sight and marked. */
async function expectSeen(page: Page): Promise<void> {
  const { marked, inSight } = await page.evaluate(() => {
    const focused = document.activeElement!;
    const box = focused.getBoundingClientRect();
    // A hidden file input marks its label.
    const styles = [focused, focused.parentElement!].map((element) => getComputedStyle(element));
    return {
      marked: styles.some(({ outlineStyle, outlineWidth }) => outlineStyle !== "none" && outlineWidth !== "0px"),
      inSight: box.bottom > 0 && box.top < innerHeight,
    };
  });
  expect(marked, "the focus is marked").toBe(true);
  expect(inSight, "the focus is in sight").toBe(true);
}

async function type(target: Locator, value: string): Promise<void> {
  await tabTo(target);
  await target.page().keyboard.press("ControlOrMeta+A");
  await target.page().keyboard.type(value);
}

async function press(target: Locator, key = "Enter"): Promise<void> {
  await tabTo(target);
  await target.page().keyboard.press(key);
}

test("the whole job by keyboard alone, from sample data to the downloaded model and a deleted run", async ({ page }) => {
  const button = (name: string | RegExp): Locator => page.getByRole("button", { name, exact: true });
  const told = (words: string | RegExp) => expect(page.getByRole("status")).toContainText(words, { timeout: 4 * MINUTE_MS });
  await page.goto("/");
  await expect(page.getByText("Software adapter").first()).toBeVisible();
  await press(button("Use sample data"), "Space");
  await told("Data set ready");

  const configuration = page.getByRole("region", { name: "Configuration" });
  await tabTo(configuration.getByLabel("Preset"));
  await page.keyboard.type("tiny");
  await press(configuration.locator("summary", { hasText: /^Network/ }));
  await tabTo(configuration.getByLabel("Empty groups"));
  await page.keyboard.type("fill");
  for (const [stage, steps] of [
    ["Group", "8"],
    ["Fine-tune", "4"],
  ] as const) {
    const fields = configuration.locator("details", { has: page.locator("summary", { hasText: new RegExp(`^${stage}`) }) });
    await press(fields.locator("summary"));
    await type(fields.getByLabel("Steps"), steps);
    await type(fields.getByLabel("Batch size"), "4");
  }
  await expect(configuration.getByText("Differences from the preset")).toBeVisible();

  await page.keyboard.press("ControlOrMeta+Home");
  await press(button("Group"));
  await told("Grouping started");
  await press(button("Pause"), "Space");
  await told("Grouping paused");
  await press(button("Resume"), "Space");
  await told("Grouping finished");

  const groups = page.getByRole("region", { name: "Groups", exact: true });
  await tabTo(groups.getByRole("slider"));
  await page.keyboard.press("Home");
  await expect(groups.getByText("after step 0").first()).toBeVisible();
  await tabTo(groups.getByRole("application").first());
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await expect(groups.getByText(/: group \d with \d\.\d/).first()).toBeVisible();
  await page.keyboard.press("Escape");

  await press(button("Split"));
  await told("Fine-tuning finished");
  await press(button("Evaluate"));
  await told("Evaluated: unsplit");
  const results = page.getByRole("region", { name: "Results" });
  await tabTo(results.getByRole("application").first());
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(results.getByText(/\(split network\)/)).toBeVisible();

  await press(button("Export"));
  await told("Exported splitnet-");
  const downloading = page.waitForEvent("download");
  await press(page.getByRole("link", { name: /^Download splitnet-/ }));
  expect((await downloading).suggestedFilename()).toMatch(/^splitnet-.*\.zip$/);

  await press(page.getByRole("region", { name: "Runs" }).getByRole("button", { name: /^Delete/ }));
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  await press(dialog.getByRole("button", { name: "Delete" }));
  await expect(page.getByText("No runs yet")).toBeVisible();
  // The undo has the focus of the button that is gone.
  await page.keyboard.press("Enter");
  await expect(page.getByText("No runs yet")).toHaveCount(0);
});
