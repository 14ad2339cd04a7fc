import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect, type Page } from "@playwright/test";
import { sampleDataset } from "../src/data/sample";
import { summarize } from "../src/data/summary";
import { binaryArchive } from "../src/data/write-archive";
import { pythonArchive } from "../tests/support/python-archive";
import { dropFiles, keepScreenshot } from "./support";
import { test } from "./told-test";

const { dataset } = sampleDataset({ classes: 5, superclasses: 2, train: 100, test: 20, seed: 7 });
const folder = "artifacts/data";

/** Drops one file and gives the hash of the content that the page stored. */
async function contentAfterDropping(page: Page, file: string): Promise<string> {
  await page.goto("/");
  await expect(page.getByText(/No data set yet|Content/).first()).toBeVisible();
  await dropFiles(page, [file]);
  await expect(page.getByRole("status")).toContainText(`Data set ready: ${file.slice(file.lastIndexOf("/") + 1)}`);
  return (await page.getByTestId("content-hash").getAttribute("title")) ?? "";
}

test("both archive kinds give in the browser the very bytes they were made from", async ({ page }) => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/both-binary.tar.gz`, await binaryArchive(dataset));
  writeFileSync(`${folder}/both-python.tar.gz`, await pythonArchive(dataset));
  expect(new Set(dataset.train.images).size).toBe(256);
  const { id } = summarize({ dataset, source: "both", original: null }, 1);
  expect(await contentAfterDropping(page, `${folder}/both-binary.tar.gz`)).toContain(id);
  expect(await contentAfterDropping(page, `${folder}/both-python.tar.gz`)).toContain(id);
});

test("a second visit finds the data, and a damaged archive changes nothing of it", async ({ page }) => {
  const whole = `${folder}/both-binary.tar.gz`;
  const before = await contentAfterDropping(page, whole);
  writeFileSync(`${folder}/truncated.tar.gz`, readFileSync(whole).subarray(0, 20_000));
  await dropFiles(page, [`${folder}/truncated.tar.gz`]);
  await expect(page.getByRole("alert")).toContainText("truncated.tar.gz");
  await keepScreenshot(page, "9-damaged-archive");
  await page.reload();
  await expect(page.getByTestId("content-hash")).toHaveAttribute("title", before);
});
