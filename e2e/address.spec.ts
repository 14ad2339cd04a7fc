import { expect, type Page } from "@playwright/test";
import { changeConfiguration, dropFiles, sampleArchive } from "./support";
import { test } from "./told-test";

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
    written: await page
      .locator("textarea:visible, .description-form input")
      .evaluateAll((all) => all.map((one) => "value" in one && one.value)),
    dialogs: await page.locator("dialog[open] h2").allInnerTexts(),
    sorted: await page.locator("[aria-sort=descending], [aria-sort=ascending]").allInnerTexts(),
    images: await page.locator(".captioned").evaluateAll((all) => all.map((one) => one.getAttribute("aria-label"))),
    layer: await page.locator(".layer-reader .hint").allInnerTexts(),
    cells: await page.locator(".confusion [role=application]").allInnerTexts(),
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
  await expect(results.locator(".captioned")).toHaveCount(1);
  await results.getByRole("button", { name: "Zoom in" }).click();
  await results.getByRole("button", { name: "Show images" }).click();
  await expect(results.locator(".ranked").getByText(/certain and wrong: \d+ images/)).toBeVisible();
  await results.getByRole("button", { name: "Images", exact: true }).click();
  const weights = region(page, "Weights");
  await weights.getByLabel("Layer", { exact: true }).selectOption({ index: 0 });
  await weights.getByRole("button", { name: "Read from the last checkpoint" }).click();
  await expect(weights.locator(".layer-reader canvas").first()).toBeVisible();
  await page.getByRole("button", { name: /^Name and notes/ }).click();
  await page.getByRole("textbox", { name: "Notes" }).fill("half a sent");
  await page.getByText("Full configuration as JSON").click();
  await page.getByLabel("Edit or paste, then apply.").fill('{ "preset": "ti');
  await reloadsAlike(page);
  const restored = await looks(page);
  expect(restored.hash).toMatch(/part=\d_\d_\d_\d.*ranked=certainWrong_all/);
  expect(restored.written).toEqual(expect.arrayContaining(["half a sent", '{ "preset": "ti']));
  expect(restored.sorted).toEqual(["Images"]);

  await page.getByRole("button", { name: "Explore the images" }).click();
  const explorer = page.getByRole("dialog", { name: "Images of the data set" });
  await explorer.getByLabel("Part", { exact: true }).selectOption("test");
  await explorer.getByRole("button", { name: "Next page" }).click();
  await explorer.locator(".captioned-pick").nth(2).click();
  await expect(explorer.locator(".preview .captioned")).toBeVisible();
  await reloadsAlike(page);
  await explorer.getByRole("button", { name: "Close" }).click();
  await expect(explorer).toHaveCount(0);

  // Another browser has neither the run nor the data, but the settings.
  const other = await (await browser.newContext()).newPage();
  await other.goto(page.url());
  await expect(other.getByRole("alert")).toContainText("is not stored in this browser");
  await expect(other.getByText("Differences from the preset")).toBeVisible();
  await expect(other.getByLabel("Preset")).toHaveValue("tiny");
  await other.context().close();
});
