import { expect } from "@playwright/test";
import { test } from "./told-test";

test("the page ?bench times a case in the browser and prints the report of the command line", async ({ page }) => {
  await page.goto("/?bench");
  await expect(page.getByRole("heading", { name: "Benchmarks" })).toBeVisible();
  await page.getByLabel(/begins with/).fill("conv/forward/1x1/32x32/16-32");
  await page.getByRole("button", { name: "Run" }).click();
  await expect(page.getByRole("status")).toHaveText("Done.", { timeout: 120_000 });
  const report = JSON.parse((await page.locator(".bench-result").textContent()) ?? "");
  expect(Object.keys(report)).toEqual(["adapter", "driver", "commit", "results", "counters"]);
  expect(report.results).toHaveLength(1);
  for (const contender of ["ours", "stock", "jaxjs"]) expect(report.results[0][contender]).toBeGreaterThan(0);
  await page.screenshot({ path: "artifacts/screens/bench.png", fullPage: true });
});
