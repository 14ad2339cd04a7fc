import { gzipSync } from "node:zlib";
import { expect } from "@playwright/test";
import { test } from "./told-test";

const FIRST_LOAD_BYTES = 300_000;
const INTERACTIVE_MS = 2000;
/** The engine and what it loads: it comes in a worker, while the page can be used. */
const ENGINE = /\/assets\/(main|stage-trainer|self-test|webgpu|webgl|worker)-/;

test("the first load is under 300 kB compressed without the engine", async ({ page }) => {
  const loaded: Promise<readonly [string, number]>[] = [];
  page.on("response", (response) => {
    loaded.push(response.body().then((body) => [response.url(), gzipSync(body).length] as const));
  });
  await page.goto("/");
  await expect(page.getByText("Software adapter").first()).toBeVisible();
  const files = (await Promise.all(loaded)).filter(([url]) => !ENGINE.test(url));
  const bytes = files.reduce((sum, [, size]) => sum + size, 0);
  console.log(
    `first load ${(bytes / 1000).toFixed(0)} kB: ${files.map(([url, size]) => `${url.split("/").at(-1)} ${size}`).join(", ")}`,
  );
  // Scripts and styles are among them.
  expect(bytes).toBeGreaterThan(FIRST_LOAD_BYTES / 3);
  expect(bytes).toBeLessThan(FIRST_LOAD_BYTES);
});

test("the page can be used within two seconds", async ({ page }) => {
  const times = [];
  for (let visit = 0; visit < 3; visit++) {
    await page.goto("about:blank");
    const before = Date.now();
    await page.goto("/");
    await page.getByRole("button", { name: "Use sample data" }).click({ trial: true });
    times.push(Date.now() - before);
  }
  console.log(`usable after ${times.join(", ")} ms`);
  expect(Math.max(...times)).toBeLessThan(INTERACTIVE_MS);
});
