import { readFileSync } from "node:fs";
import { expect, type Page } from "@playwright/test";
import { unzipSync } from "fflate";
import * as ort from "onnxruntime-web";
import { changeConfiguration, dropFiles, keepScreenshot, sampleArchive } from "./support";
import { test } from "./told-test";

ort.env.wasm.numThreads = 1;

const archive = sampleArchive();
const MINUTE_MS = 60_000;
const STEPS = { group: 6, finetune: 4 };

async function openWithData(page: Page): Promise<void> {
  await page.goto("/?preset=tiny");
  await expect(page.getByText("Software adapter").first()).toBeVisible();
  await dropFiles(page, [archive]);
  await expect(page.getByRole("status")).toContainText("Data set ready: sample.tar.gz, 160 images of 6 classes");
  await changeConfiguration(page, (config) => {
    Object.assign(config, { emptyGroups: "assign-nearest", evaluation: { batchSize: 20 } });
    Object.assign(config.group!, { steps: STEPS.group, batchSize: 4, validateEverySteps: 6, checkpointEverySteps: 3 });
    Object.assign(config.finetune!, { steps: STEPS.finetune, batchSize: 4, validateEverySteps: 4, checkpointEverySteps: 2 });
  });
}

async function press(page: Page, button: string, announced: string): Promise<void> {
  await page.getByRole("button", { name: button, exact: true }).click();
  await expect(page.getByRole("status")).toContainText(announced, { timeout: 5 * MINUTE_MS });
}

async function exported(page: Page): Promise<Record<string, Uint8Array>> {
  await press(page, "Export", "Exported splitnet-");
  const downloading = page.waitForEvent("download");
  await page.getByRole("link", { name: /^Download splitnet-/ }).click();
  return unzipSync(readFileSync(await (await downloading).path()));
}

/** Step, stage and loss columns of the exported metrics: everything but the clock. */
function lossesOf(files: Record<string, Uint8Array>): string[] {
  const [header, ...rows] = new TextDecoder().decode(files["metrics.csv"]).trim().split(/\r?\n/);
  const clock = header!.split(",").indexOf("time");
  return rows.map((row) =>
    row
      .split(",")
      .filter((_, column) => column !== clock)
      .join(","),
  );
}

/** Tensors of a small safetensors file, read by its published layout and nothing of ours. */
function readSafetensors(bytes: Uint8Array): Map<string, { shape: number[]; data: Float32Array }> {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header: Record<string, { shape: number[]; data_offsets: [number, number] }> = JSON.parse(
    new TextDecoder().decode(bytes.subarray(8, 8 + length)),
  );
  return new Map(
    Object.entries(header)
      .filter(([name]) => name !== "__metadata__")
      .map(
        ([
          name,
          {
            shape,
            data_offsets: [start, end],
          },
        ]) => [name, { shape, data: new Float32Array(bytes.slice(8 + length + start, 8 + length + end).buffer) }],
      ),
  );
}

test.describe.configure({ mode: "serial" });
let uninterrupted: string[];

test("drop an archive, Group, Split, Evaluate, Export: ONNX Runtime gives the page's own logits", async ({ page }) => {
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  await openWithData(page);
  await keepScreenshot(page, "1-data");
  await press(page, "Group", "Grouping started");
  await keepScreenshot(page, "2-grouping");
  await press(page, "Pause", "Grouping paused");
  await keepScreenshot(page, "3-paused");
  await press(page, "Resume", "Grouping finished");
  await keepScreenshot(page, "4-grouped");
  await press(page, "Split", "Fine-tuning finished");
  await keepScreenshot(page, "5-split");
  await press(page, "Evaluate", "Evaluated: unsplit");
  await keepScreenshot(page, "6-evaluated");
  const files = await exported(page);
  await keepScreenshot(page, "7-exported");
  uninterrupted = lossesOf(files);
  expect(uninterrupted.length).toBe(STEPS.group + 1 + STEPS.finetune + 1);

  const check = readSafetensors(files["check.safetensors"]!);
  const [image, expected] = [check.get("image")!, check.get("logits")!];
  expect(expected.shape).toEqual([100, 6]);
  const session = await ort.InferenceSession.create(files["onnx/model.onnx"]!);
  const { logits } = await session.run({ image: new ort.Tensor("float32", image.data, image.shape) });
  const actual = logits!.data as Float32Array;
  const largest = Math.max(...expected.data.map(Math.abs));
  const classOf = (rows: Float32Array, row: number): number => {
    const scores = rows.subarray(row * 6, row * 6 + 6);
    return scores.indexOf(Math.max(...scores));
  };
  expect(Math.max(...actual.map((value, i) => Math.abs(value - expected.data[i]!)))).toBeLessThanOrEqual(1e-3 * largest);
  for (let row = 0; row < 100; row++) expect(classOf(actual, row)).toBe(classOf(expected.data, row));
  expect(problems).toEqual([]);
});

test("a tab closed while it trains goes on from its checkpoint to the same losses", async ({ page, context }) => {
  await openWithData(page);
  await press(page, "Group", "Grouping started");
  await expect(page.locator(".log-lines")).toContainText("Checkpoint written at step 3", { timeout: 5 * MINUTE_MS });
  await page.close();

  const again = await context.newPage();
  await again.goto("/?preset=tiny");
  await expect(again.getByText("This run was interrupted while grouping")).toBeVisible();
  await keepScreenshot(again, "8-interrupted");
  await press(again, "Resume", "Grouping finished");
  await press(again, "Split", "Fine-tuning finished");
  expect(lossesOf(await exported(again))).toEqual(uninterrupted);
});
