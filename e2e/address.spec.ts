import { expect, type Page, test } from "@playwright/test";
import { changeConfiguration, dropFiles, sampleArchive } from "./support";

const MINUTE_MS = 60_000;
const archive = sampleArchive();

const region = (page: Page, name: string) => page.getByRole("region", { name, exact: true });

/** Everything of the page that a person has chosen, as they see it. */
async function looks(page: Page) {
  const { hash } = new URL(page.url());
  return {
    hash: hash.replaceAll(/&?open=[^&]*/g, ""),
    open: await page.locator("details[open] > summary").allInnerTexts(),
    selected: await page.locator("select:visible").evaluateAll((all) => all.map((one) => "value" in one && one.value)),
    slider: await page.getByRole("slider").evaluateAll((all) => all.map((one) => one.getAttribute("aria-valuetext"))),
    steps: await page.getByLabel("Steps", { exact: true }).first().inputValue(),
    logarithmic: await page.getByLabel("Logarithmic loss").isChecked(),
  };
}

/** Reloads; what was there before is there again, scrolled to the same place. */
async function reloadsAlike(page: Page): Promise<void> {
  await page.evaluate(() => scrollTo(0, 700));
  await page.waitForTimeout(1000);
  const before = await looks(page);
  const scrolled = await page.evaluate(() => scrollY);
  await page.reload();
  await expect(async () => expect(await looks(page)).toEqual(before)).toPass({ timeout: MINUTE_MS });
  await expect(async () => expect(await page.evaluate(() => scrollY)).toBe(scrolled)).toPass({ timeout: MINUTE_MS });
}

test("a reload restores what was looked at, in the middle of a run and after it; a link brings the settings along", async ({
  page,
  browser,
}) => {
  await page.goto("/?preset=tiny");
  await dropFiles(page, [archive]);
  await expect(page.getByRole("status")).toContainText("Data set ready");
  await changeConfiguration(page, (config) => {
    Object.assign(config, { emptyGroups: "assign-nearest", evaluation: { batchSize: 20 } });
    Object.assign(config.group!, { steps: 60, batchSize: 8, validateEverySteps: 20, checkpointEverySteps: 20 });
    Object.assign(config.finetune!, { steps: 4, batchSize: 4, validateEverySteps: 4, checkpointEverySteps: 2 });
  });
  await page.getByRole("button", { name: "Group", exact: true }).click();
  await expect(page.getByRole("status")).toContainText(/Grouping: step [2-5]\d of 60/, { timeout: 3 * MINUTE_MS });
  await page.getByRole("button", { name: "Pause", exact: true }).click();

  const curves = region(page, "Curves");
  await curves.getByLabel("Axis").selectOption("epoch");
  await curves.getByRole("button", { name: "Zoom in" }).click();
  await curves.getByLabel("Logarithmic loss").check();
  await curves.getByText("What the terms mean").click();
  await page
    .locator("summary")
    .filter({ hasText: /^Group / })
    .click();
  await page.getByLabel("Steps", { exact: true }).first().fill("many");
  await page.getByRole("region", { name: "Groups" }).getByRole("slider").press("Home");
  await reloadsAlike(page);

  await page.getByLabel("Steps", { exact: true }).first().fill("60");
  await page.getByRole("button", { name: "Resume", exact: true }).first().click();
  await expect(page.getByRole("status")).toContainText("Grouping finished", { timeout: 3 * MINUTE_MS });
  await page.getByRole("button", { name: "Split", exact: true }).click();
  await expect(page.getByRole("status")).toContainText("Fine-tuning finished", { timeout: 3 * MINUTE_MS });
  await page.getByRole("button", { name: "Evaluate", exact: true }).click();
  await expect(page.getByRole("status")).toContainText("Evaluated", { timeout: 3 * MINUTE_MS });
  await region(page, "Split tree").getByLabel("Sized by").selectOption("flops");
  const results = region(page, "Results");
  await results.getByLabel("Network").selectOption("unsplit");
  await results.getByLabel("Ordered by").selectOption("name");
  await results.getByRole("application").focus();
  for (const key of ["ArrowDown", "Enter"]) await page.keyboard.press(key);
  const images = results.getByRole("img").first();
  await expect(images).toBeVisible();
  const label = await images.getAttribute("aria-label");
  await reloadsAlike(page);
  await expect(results.getByRole("img").first()).toHaveAttribute("aria-label", label!);

  // Another browser has neither the run nor the data, but the settings.
  const other = await (await browser.newContext()).newPage();
  await other.goto(page.url());
  await expect(other.getByRole("alert")).toContainText("is not stored in this browser");
  await expect(other.getByText("Differences from the preset")).toBeVisible();
  await expect(other.getByLabel("Preset")).toHaveValue("tiny");
  await other.context().close();
});
