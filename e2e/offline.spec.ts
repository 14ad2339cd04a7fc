import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import { type PreviewServer, preview } from "vite";
import { test } from "./told-test";

test.use({ serviceWorkers: "allow" });

const PORT = 4381;
const address = `http://127.0.0.1:${PORT}/?preset=tiny`;

/** A server of its own over a copy of the built page: it is stopped, and given a newer page, while a browser looks on. */
let folder: string;
let server: PreviewServer;

test.beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "splitnet-page-"));
  cpSync("dist/page", folder, { recursive: true });
  server = await preview({
    build: { outDir: folder },
    preview: { port: PORT, strictPort: true, host: "127.0.0.1" },
    logLevel: "silent",
  });
});
test.afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function openAndKeep(page: Page): Promise<void> {
  await page.goto(address);
  await page.evaluate(() => navigator.serviceWorker.ready);
}

test("once opened, the page opens and trains without its server", async ({ page }) => {
  await openAndKeep(page);
  await server.close();
  await page.goto(address);
  await page.getByRole("button", { name: "Use sample data" }).click();
  await expect(page.getByRole("status")).toContainText("Data set ready", { timeout: 60_000 });
  await page.getByRole("button", { name: "Group", exact: true }).click();
  await expect(page.getByRole("status")).toContainText("Grouping", { timeout: 120_000 });
});

test("a newer version waits until a person loads it", async ({ page }) => {
  await openAndKeep(page);
  const index = join(folder, "index.html");
  const [old, newer] = ['id="root"', 'id="root" data-version="newer"'];
  writeFileSync(index, readFileSync(index, "utf8").replace(old, newer));
  const worker = join(folder, "service-worker.js");
  writeFileSync(
    worker,
    `${readFileSync(worker, "utf8").replace(/"index.html","revision":"\w+"/, '"index.html","revision":"newer"')}`,
  );
  await page.reload();
  await expect(page.getByText("A newer version of the studio is ready.")).toBeVisible();
  await expect(page.locator("[data-version]")).toHaveCount(0);
  await page.getByRole("button", { name: "Load the new version" }).click();
  await expect(page.locator("[data-version=newer]")).toHaveCount(1);
});
