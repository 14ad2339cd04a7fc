import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, type Page } from "@playwright/test";
import { changeConfiguration, dropFiles, keepScreenshot, sampleArchive, splitnet } from "./support";
import { test } from "./told-test";

const archive = sampleArchive();
const MINUTE_MS = 60_000;
const copies = fileURLToPath(new URL("../artifacts/mirror", import.meta.url));

const status = (page: Page) => page.getByRole("status");
const mirror = (page: Page) => page.locator(".mirror");

/** No test can press the picker of the system: it gives a folder of the browser's own file system, which is written in the same way. */
async function choosesBackup(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const backup = async () => (await navigator.storage.getDirectory()).getDirectoryHandle("backup", { create: true });
    Object.assign(globalThis, { showDirectoryPicker: backup });
  });
}

/** A browser that asks again at every visit, and is granted what it asks: such a folder is never asked for by itself. */
async function asksAgain(page: Page): Promise<void> {
  await page.route(/assets\/main-.*\.js/, async (route) => {
    const response = await route.fetch();
    const asks = `FileSystemHandle.prototype.queryPermission = async () =>
      (await navigator.storage.getDirectory()).getFileHandle("granted").then(() => "granted", () => "prompt");`;
    await route.fulfill({ response, body: `${asks}\n${await response.text()}` });
  });
  await page.addInitScript(() => {
    const grant = async () => {
      await (await navigator.storage.getDirectory()).getFileHandle("granted", { create: true });
      return "granted";
    };
    Object.assign(FileSystemHandle.prototype, { requestPermission: grant });
  });
}

/** Every file of the mirror, by path. */
async function mirroredFiles(page: Page): Promise<[string, string][]> {
  return page.evaluate(async () => {
    const files: [string, string][] = [];
    const collect = async (folder: FileSystemDirectoryHandle, path: string): Promise<void> => {
      const entries = folder as unknown as { values(): AsyncIterable<FileSystemDirectoryHandle | FileSystemFileHandle> };
      for await (const entry of entries.values()) {
        if (entry.kind === "directory") await collect(entry, `${path}/${entry.name}`);
        else {
          const bytes = new Uint8Array(await (await entry.getFile()).arrayBuffer());
          files.push([`${path}/${entry.name}`, btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))]);
        }
      }
    };
    await collect(await (await navigator.storage.getDirectory()).getDirectoryHandle("backup"), "");
    return files;
  });
}

async function start(page: Page, steps: number): Promise<void> {
  await page.goto("/?preset=tiny");
  await dropFiles(page, [archive]);
  await expect(status(page)).toContainText("Data set ready");
  await changeConfiguration(page, (config) => {
    Object.assign(config, { emptyGroups: "assign-nearest" });
    Object.assign(config.group!, { steps, batchSize: 4, validateEverySteps: steps, checkpointEverySteps: 3 });
  });
}

test("a run is mirrored while it trains, through the loss of its folder, and splitnet goes on with the copy", async ({
  page,
}) => {
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  await choosesBackup(page);
  await start(page, 60);
  await keepScreenshot(page, "14-mirror-off");
  await page.getByRole("button", { name: "Mirror into a folder…" }).focus();
  await page.keyboard.press("Enter");
  await expect(mirror(page)).toContainText(/Mirrored into the folder backup\.\s*Nothing written yet\./);
  await expect(status(page)).toContainText("Runs are mirrored into the folder backup.");

  await page.getByRole("button", { name: "Group", exact: true }).click();
  await expect(mirror(page)).toContainText("Last written", { timeout: MINUTE_MS });
  await keepScreenshot(page, "14-mirror-light");
  await page.emulateMedia({ colorScheme: "dark" });
  await keepScreenshot(page, "14-mirror-dark");
  await page.emulateMedia({ colorScheme: null });

  const lose = async () => (await navigator.storage.getDirectory()).removeEntry("backup", { recursive: true });
  await page.evaluate(lose);
  await expect(mirror(page)).toContainText(/mirroring into the folder backup failed.*Put the folder back/, {
    timeout: MINUTE_MS,
  });
  await keepScreenshot(page, "14-mirror-failed");
  await expect(page.locator(".log-lines")).toContainText("mirroring into the folder backup failed");
  await page.evaluate(
    async () => void (await (await navigator.storage.getDirectory()).getDirectoryHandle("backup", { create: true })),
  );
  await expect(mirror(page)).not.toContainText("failed", { timeout: MINUTE_MS });
  await expect(status(page)).toContainText("Grouping finished", { timeout: 5 * MINUTE_MS });

  await expect
    .poll(async () =>
      (await mirroredFiles(page)).some(([path, base64]) => path.endsWith("run.json") && atob(base64).includes('"grouped"')),
    )
    .toBe(true);
  rmSync(copies, { recursive: true, force: true });
  const files = await mirroredFiles(page);
  for (const [path, base64] of files) {
    mkdirSync(dirname(`${copies}${path}`), { recursive: true });
    writeFileSync(`${copies}${path}`, Buffer.from(base64, "base64"));
  }
  const id = files[0]![0].split("/")[1]!;
  splitnet("split", "--run", `${copies}/${id}`, "--data", archive);
  splitnet("pack", "--run", `${copies}/${id}`, "--out", `${copies}/packed.zip`);
  expect(problems).toEqual([]);
});

test("at the next visit the browser asks again: one press, and mirroring goes on until it is stopped", async ({ page }) => {
  await choosesBackup(page);
  await asksAgain(page);
  await start(page, 3);
  await page.evaluate(
    async () => void (await (await navigator.storage.getDirectory()).getFileHandle("granted", { create: true })),
  );
  await page.getByRole("button", { name: "Mirror into a folder…" }).click();
  await expect(mirror(page)).toContainText("Mirrored into the folder backup");
  await page.evaluate(async () => (await navigator.storage.getDirectory()).removeEntry("granted"));
  await page.reload();
  await expect(mirror(page)).toContainText("The browser asks again before it writes into the folder backup.");
  await keepScreenshot(page, "15-mirror-waiting");
  await page.getByRole("button", { name: "Allow again" }).click();
  await expect(mirror(page)).toContainText("Mirrored into the folder backup");
  await page.getByRole("button", { name: "Group", exact: true }).click();
  await expect(mirror(page)).toContainText("Last written", { timeout: MINUTE_MS });
  await page.getByRole("button", { name: "Stop mirroring" }).click();
  await expect(page.getByRole("button", { name: "Mirror into a folder…" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("button", { name: "Mirror into a folder…" })).toBeVisible();
});

test("a browser without the picker says so", async ({ page }) => {
  await page.addInitScript(() => Object.assign(globalThis, { showDirectoryPicker: undefined }));
  await page.goto("/");
  await expect(page.getByRole("button", { name: "Mirror into a folder…" })).toBeDisabled();
  await expect(mirror(page)).toContainText("Save as file works everywhere.");
});
