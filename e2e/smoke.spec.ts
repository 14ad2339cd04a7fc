import { expect } from "@playwright/test";
import { test } from "./told-test";

test("the page opens with its heading and without an error in the console", async ({ page }) => {
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByRole("button", { name: "Use sample data" })).toBeVisible();
  // The worker has loaded and found its adapter; whatever failed on the way there is in the console by now.
  await expect(page.getByText(/adapter/i).first()).toBeVisible();
  await page.screenshot({ path: "artifacts/screens/opened.png", fullPage: true });
  expect(problems).toEqual([]);
});
