import { expect } from "@playwright/test";
import { GROUPING } from "../src/state/testing";
import { openGallery } from "./gallery";
import { test } from "./told-test";

test("a chart whose program cannot be loaded says so in its place, and everything else goes on", async ({ page }) => {
  await page.route("**/line-drawing-*.js", (route) => route.abort());
  const gallery = await openGallery(page);
  await gallery.tell(GROUPING);
  const curves = page.getByRole("region", { name: "Curves" });
  await expect(curves.getByRole("alert").first()).toContainText("Loss terms could not be drawn.");
  await expect(curves.getByRole("alert")).toHaveCount(3);
  await expect(curves.getByText("Latest values as a table").first()).toBeVisible();
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  expect(await gallery.asked()).toContainEqual({ kind: "pause" });
});
