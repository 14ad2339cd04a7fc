import { expect, type Page } from "@playwright/test";
import { changeConfiguration, dropFiles, sampleArchive } from "./support";
import { test } from "./told-test";

const MINUTE_MS = 60_000;
const GROWTH_BYTES = 150_000_000;
const TASK_MS = 100;
const SAMPLE_MS = 250;

// A recording of the page would be measured with it.
test.use({ trace: "off", screenshot: "off" });

async function press(page: Page, button: string, announced: string): Promise<void> {
  await page.getByRole("button", { name: button, exact: true }).click();
  await expect(page.getByRole("status")).toContainText(announced, { timeout: 15 * MINUTE_MS });
}

/** Bytes of the page's JavaScript heap, and of the buffers that it holds. */
async function heapOf(page: Page): Promise<{ readonly heap: number; readonly buffers: number }> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("HeapProfiler.collectGarbage");
  const usage = await devtools.send("Runtime.getHeapUsage");
  await devtools.detach();
  return { heap: usage.usedSize, buffers: Number(Reflect.get(usage, "backingStorageSize") ?? 0) };
}

/** Counts from now on the page's tasks of more than 50 ms. */
async function watchTasks(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const tasks: number[] = [];
    Object.assign(globalThis, { longTasks: tasks });
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
      type: "longtask",
    });
  });
  return () => page.evaluate(() => Math.max(0, ...Reflect.get(globalThis, "longTasks")));
}

test("@long exporting the published network leaves the page's memory flat and lets it answer at once", async ({ page }) => {
  test.setTimeout(60 * MINUTE_MS);
  await page.goto("/?preset=paper");
  await dropFiles(page, [sampleArchive()]);
  await expect(page.getByRole("status")).toContainText("Data set ready");
  // The network of the paper at its full width; what it has learned changes no byte's size.
  await changeConfiguration(page, (config) => {
    Object.assign(config, { emptyGroups: "assign-nearest", evaluation: { batchSize: 10 } });
    const short = { steps: 1, batchSize: 2, validateEverySteps: 100, checkpointEverySteps: 100, learningRateDrops: [] };
    Object.assign(config.group!, short);
    Object.assign(config.finetune!, short);
  });
  await press(page, "Group", "Grouping finished");
  await press(page, "Split", "Fine-tuning finished");

  const before = await heapOf(page);
  const longestTask = await watchTasks(page);
  const samples = [before];
  const exported = press(page, "Export", "Exported splitnet-").then(() => true);
  while (!(await Promise.race([exported, new Promise<false>((later) => setTimeout(() => later(false), SAMPLE_MS))])))
    samples.push(await heapOf(page));
  samples.push(await heapOf(page));
  const size = await page.locator("a[download^=splitnet-] + .hint").innerText();
  const growth = (of: "heap" | "buffers"): number => Math.max(...samples.map((sample) => sample[of] - before[of]));
  const longest = await longestTask();
  console.log(
    `${size}; ${samples.length} samples; growth of the heap ${(growth("heap") / 1e6).toFixed(1)} MB, of its buffers ${(growth("buffers") / 1e6).toFixed(1)} MB; longest task ${longest.toFixed(0)} ms`,
  );
  expect(growth("heap") + growth("buffers")).toBeLessThan(GROWTH_BYTES);
  expect(longest).toBeLessThan(TASK_MS);
});
