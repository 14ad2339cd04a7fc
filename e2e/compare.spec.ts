import { expect } from "@playwright/test";
import { openGallery } from "./gallery";
import { STATES } from "./gallery-states";
import { test } from "./told-test";

test("runs are ticked, compared and sorted, forked and taken out; the address says what is compared", async ({ page }) => {
  const gallery = await openGallery(page, "/?preset=tiny");
  await gallery.tell(STATES.compared.events);
  const panel = page.getByRole("region", { name: "Compare", exact: true });
  await expect(panel).toContainText("Tick Compare at two or more runs");
  for (const nth of [2, 0])
    await page
      .getByRole("checkbox", { name: /^Compare / })
      .nth(nth)
      .check();
  const hash = () => new URL(page.url()).hash;
  await expect.poll(hash).toContain("compare=run-3_run-1");
  const { asked } = gallery;
  const rows = panel.getByRole("table", { name: "Compare" }).getByRole("row");
  await expect(rows).toHaveCount(3);
  await panel.getByRole("button", { name: "Best validation top-1" }).press("Enter");
  await expect(rows.nth(1)).toContainText("73.0%");
  await panel.getByLabel("Seeds as mean and deviation").check();
  await expect(panel.locator(".recharts-area")).toHaveCount(1);
  await expect(rows).toHaveCount(2);
  // Stage 1 and its validation were told; another metric is not at hand.
  await panel.getByLabel("Metric").selectOption("crossEntropy");
  await expect
    .poll(async () => (await asked()).at(-1))
    .toEqual({ kind: "loadLines", runIds: ["run-3", "run-1"], kept: [], stage: "group", metric: "crossEntropy" });
  // Of random groups of the same sizes few agree as well: the p value comes once all else is drawn.
  await expect(panel.getByRole("table", { name: "Between the runs" }).getByRole("row").nth(1)).toContainText(/0\.0\d\d$/);
  await expect.poll(hash).toContain("compare.sort=best_falling&compare.metric=crossEntropy&compare.mean=on");

  const run = page.locator(".runs > li").first();
  await run.getByText("Metrics and checkpoints").click();
  await run.getByRole("button", { name: /^Metrics as JSON/ }).click();
  await run.getByLabel("With the settings of the form").check();
  await run.getByRole("button", { name: "Fork from last checkpoint of Grouping, step 200" }).click();
  expect(await asked()).toContainEqual({ kind: "saveMetrics", runId: "run-1", format: "json" });
  expect((await asked()).at(-1)).toMatchObject({
    kind: "forkRun",
    runId: "run-1",
    stage: "group",
    copy: "last",
    config: { preset: "tiny" },
  });
  await panel.getByRole("button", { name: "Compare none" }).click();
  await expect(panel).toContainText("Tick Compare at two or more runs");
});

test("a line taken out of a chart is gone from the drawing, and named so in the address", async ({ page }) => {
  const gallery = await openGallery(page);
  await gallery.tell(STATES.live.events);
  const curves = page.getByRole("region", { name: "Curves", exact: true });
  const lines = curves.locator("figure").first().locator(".recharts-line");
  // Six terms, two of them smoothed as well, and the validation loss.
  await expect(lines).toHaveCount(9);
  await curves.getByRole("button", { name: "Uniform", exact: true }).press("Enter");
  await expect(lines).toHaveCount(8);
  await expect.poll(() => new URL(page.url()).hash).toContain("hidden=uniform");
  await expect(curves.getByRole("button", { name: "Uniform", exact: true })).toHaveAttribute("aria-pressed", "false");
});
