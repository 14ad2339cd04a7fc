import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium, expect } from "@playwright/test";
import { findBrowser } from "../scripts/lib/browser.mjs";
import { keepScreenshot } from "./support";
import { test } from "./told-test";

test("without WebGPU the page names the way to it, and data can be brought in and looked at all the same", async ({
  baseURL,
}) => {
  const profile = mkdtempSync(join(tmpdir(), "splitnet-no-device-"));
  const isRoot = process.getuid?.() === 0;
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: findBrowser() ?? "",
    headless: false,
    ...(baseURL === undefined ? {} : { baseURL }),
    // Chromium's own switch for browsers without it.
    args: ["--headless=new", "--disable-features=WebGPU,WebGPUService", "--disable-gpu", ...(isRoot ? ["--no-sandbox"] : [])],
  });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    await page.goto("/?preset=tiny");
    const notice = page.getByRole("region", { name: /WebGPU|graphics adapter/ });
    await expect(notice).toContainText("What helps in Chrome on Linux");
    await expect(notice.getByRole("listitem").first()).toContainText(/Chrome|chrome:/);
    await page.getByRole("button", { name: "Use sample data" }).click();
    await expect(page.getByRole("status")).toContainText("Data set ready");
    await expect(page.getByRole("button", { name: "Group", exact: true })).toBeDisabled();
    await page.getByRole("button", { name: "Explore the images" }).click();
    const dialog = page.getByRole("dialog", { name: "Images of the data set" });
    await dialog.getByRole("listitem").first().getByRole("button").click();
    await expect(dialog).toContainText("epoch 1, step");
    const { violations } = await new AxeBuilder({ page }).include("dialog[open]").analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target.join(" "))])).toEqual([]);
    await dialog.getByRole("button", { name: "Close" }).click();
    await keepScreenshot(page, "30-no-device");
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
});
