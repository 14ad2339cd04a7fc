import { readFileSync } from "node:fs";
import { expect, type Page } from "@playwright/test";
import { unzipSync } from "fflate";
import * as ort from "onnxruntime-web";
import { decodeSafetensors } from "../src/export/safetensors";
import { keepScreenshot } from "./support";
import { test } from "./told-test";

/** docs/walkthroughs.md, done as it says; each number is a step there. */

const MINUTE_MS = 60_000;
const region = (page: Page, name: string) => page.getByRole("region", { name, exact: true });
const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name, exact: true });
const guide = (page: Page) => page.getByRole("complementary", { name: "Guide" });

async function tells(page: Page, title: string): Promise<void> {
  await expect(guide(page).getByRole("heading", { name: title })).toBeVisible({ timeout: 15 * MINUTE_MS });
}

async function shorten(page: Page): Promise<void> {
  const configuration = region(page, "Configuration");
  await configuration.getByLabel("Preset").selectOption("tiny");
  await configuration.locator("summary", { hasText: /^Network/ }).click();
  await configuration.getByLabel("Empty groups").selectOption("assign-nearest");
  for (const [stage, steps] of [
    ["Group", "40"],
    ["Fine-tune", "20"],
  ] as const) {
    const fields = configuration.locator("details", { has: page.locator("summary", { hasText: new RegExp(`^${stage}`) }) });
    await fields.locator("summary").click();
    await fields.getByLabel("Steps").fill(steps);
  }
}

test("@long a newcomer with sample data", async ({ page }) => {
  test.setTimeout(30 * MINUTE_MS);
  await page.goto("/");
  await tells(page, "A network that organises itself");
  await keepScreenshot(page, "newcomer-1");
  await button(page, "Show me with sample data").click();
  await tells(page, "Stage 1: groups form");
  await expect(region(page, "Configuration").getByLabel("Preset")).toHaveValue("tiny-confusion");
  await button(page, "Groups").first().click();
  const groups = region(page, "Groups");
  await expect(groups.getByRole("slider")).toBeVisible({ timeout: 5 * MINUTE_MS });
  await groups
    .getByRole("list", { name: /^Group \d$/ })
    .getByRole("button")
    .first()
    .hover();
  await expect(page.locator("p.lit-note .strong").first()).toBeVisible();
  await keepScreenshot(page, "newcomer-3");
  await expect.poll(() => page.title(), { timeout: MINUTE_MS }).toMatch(/^\d+% Grouping/);
  await tells(page, "Stage 2: cut and fine-tuned");
  await keepScreenshot(page, "newcomer-4");
  await tells(page, "Done: a tree of independent branches");
  await guide(page).getByRole("button", { name: "Results" }).click();
  const results = region(page, "Results");
  const matrix = results.getByRole("application").first();
  const box = (await matrix.boundingBox())!;
  await matrix.click({ position: { x: box.width / 24, y: box.height / 24 } });
  await expect(results.getByText(/\(split network\)/).first()).toBeVisible();
  await keepScreenshot(page, "newcomer-5");
  await groups.getByRole("slider").fill("0");
  await expect(groups.getByText("after step 0").first()).toBeVisible();
  await groups.getByRole("button", { name: "Play how the groups formed" }).click();
  await expect(groups.getByText("after step 0").first()).toHaveCount(0, { timeout: MINUTE_MS });
  await button(page, "Export").first().click();
  await button(page, "Verify in other programs").click({ timeout: 2 * MINUTE_MS });
  await expect(page.getByRole("status")).toContainText("Verified", { timeout: 2 * MINUTE_MS });
  await keepScreenshot(page, "engineer-3");
  const downloading = page.waitForEvent("download");
  await page.getByRole("link", { name: /^Download splitnet-/ }).click({ timeout: 2 * MINUTE_MS });
  expect((await downloading).suggestedFilename()).toMatch(/\.zip$/);
  await keepScreenshot(page, "newcomer-7");
});

test("@long a researcher comparing two groupings, then an engineer who ships one branch", async ({ page }) => {
  test.setTimeout(30 * MINUTE_MS);
  await page.goto("/");
  await button(page, "Use sample data").click();
  await expect(page.getByRole("status")).toContainText("Data set ready");
  await shorten(page);
  await button(page, "All in one go").click();
  await expect(page.getByRole("status")).toContainText("Evaluated: unsplit", { timeout: 10 * MINUTE_MS });
  const runs = region(page, "Runs");
  await runs.getByRole("button", { name: /^Name and notes/ }).click();
  await runs.getByLabel("Name", { exact: true }).fill("two groups");
  await runs.getByRole("button", { name: "Keep", exact: true }).click();
  await expect(runs.getByText("two groups").first()).toBeVisible();
  const configuration = region(page, "Configuration");
  await configuration.getByLabel("Grouping").fill("2-4-4");
  await expect(configuration.locator("ins", { hasText: "2-4-4" })).toBeVisible();
  await keepScreenshot(page, "researcher-3");
  await button(page, "All in one go").click();
  await expect(page.getByRole("status")).toContainText("Grouping started", { timeout: MINUTE_MS });
  await expect(page.getByRole("status")).toContainText("Evaluated: unsplit", { timeout: 10 * MINUTE_MS });
  for (const tick of await runs.getByRole("checkbox", { name: /^Compare / }).all()) await tick.check();
  const compare = region(page, "Compare");
  await expect(compare.getByRole("table", { name: "Compare" }).getByRole("row")).toHaveCount(3);
  await expect(compare.getByText("grouping", { exact: true })).toBeVisible();
  await expect(compare.getByText("2-4-4").first()).toBeVisible();
  await page.reload();
  await expect(compare.getByRole("table", { name: "Compare" }).getByRole("row")).toHaveCount(3);
  await compare.scrollIntoViewIfNeeded();
  await keepScreenshot(page, "researcher-5");
  const run = page.locator(".runs > li").first();
  await run.getByText("Metrics and checkpoints").click();
  const table = page.waitForEvent("download");
  await run.getByRole("button", { name: /^Metrics as CSV/ }).click();
  expect((await table).suggestedFilename()).toMatch(/\.csv$/);

  const tree = region(page, "Split tree");
  await expect(tree.getByText(/of the parameters and .* of the FLOPs saved/)).toBeVisible();
  await keepScreenshot(page, "engineer-1");
  await button(page, "Export").first().click();
  const downloading = page.waitForEvent("download");
  await page.getByRole("link", { name: /^Download splitnet-.*\.zip$/ }).click({ timeout: 2 * MINUTE_MS });
  const files = unzipSync(readFileSync(await (await downloading).path()));
  for (const name of ["README.md", "config.json", "model.safetensors"]) expect(Object.keys(files)).toContain(name);

  // One branch alone, on images that came with the file, as on another machine.
  const { classGroups } = JSON.parse(new TextDecoder().decode(files["config.json"]));
  const { branch, classes } = classGroups[0];
  const { tensors } = decodeSafetensors(files["check.safetensors"]!);
  const [images, expected] = [tensors.get("image")!, tensors.get("logits")!];
  const path = await ort.InferenceSession.create(files[`onnx/${branch.replace("branch ", "path_").replaceAll(".", "_")}.onnx`]!);
  const { logits } = await path.run({ image: new ort.Tensor("float32", images.data, images.shape) });
  expect(logits!.dims).toEqual([images.shape[0], classes.length]);
  const largest = Math.max(...expected.data.map(Math.abs));
  Array.from(logits!.data, Number).forEach((value, index) => {
    const [image, column] = [Math.floor(index / classes.length), index % classes.length];
    const whole = expected.data[image! * expected.shape[1]! + classes[column!].label]!;
    expect(Math.abs(value - whole)).toBeLessThanOrEqual(1e-3 * largest);
  });
});
