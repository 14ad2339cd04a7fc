import { expect, type Page } from "@playwright/test";
import { EngineInspector } from "./engine-inspector";
import { changeConfiguration, dropFiles, sampleArchive, storedPoints } from "./support";
import { test } from "./told-test";

const MINUTE_MS = 60_000;
/** `SOAK_STEPS=2000 LONG_TESTS=1 npx playwright test soak`. */
const STEPS = Number(process.env.SOAK_STEPS ?? 2000);
/** Looked at so often, so that a slope shows through the noise. */
const SAMPLES = 20;
/** What optimised code and the like may add to the heap of the worker. */
const HEAP_BYTES_PER_THOUSAND_STEPS = 200_000;
const MOST_SLOWDOWN = 1.05;

interface Sample {
  readonly step: number;
  readonly workerBytes: number;
  readonly pageBytes: number;
  readonly buffersAlive: number;
}

async function pageHeap(page: Page): Promise<number> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("HeapProfiler.collectGarbage");
  const { usedSize } = await devtools.send("Runtime.getHeapUsage");
  await devtools.detach();
  return usedSize;
}

/** Growth of a value in a thousand steps, by least squares. */
function growth(samples: readonly Sample[], value: (sample: Sample) => number): number {
  const mean = (of: (sample: Sample) => number) => samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const [step, level] = [mean((sample) => sample.step), mean(value)];
  const covariance = mean((sample) => (sample.step - step) * (value(sample) - level));
  return (1000 * covariance) / mean((sample) => (sample.step - step) ** 2);
}

/** Milliseconds a step of these, validations and checkpoints among them. */
function meanStep(times: readonly number[]): number {
  return (times.at(-1)! - times[0]!) / (times.length - 1);
}

// A recording of the page would grow beside it.
test.use({ trace: "off", screenshot: "off" });

test("@long thousands of steps grow neither heap nor buffers, and get no slower", async ({ page }) => {
  test.setTimeout(90 * MINUTE_MS);
  await page.goto("/?preset=tiny");
  await dropFiles(page, [sampleArchive()]);
  await expect(page.getByRole("status")).toContainText("Data set ready");
  const inspector = await EngineInspector.of(page);
  await changeConfiguration(page, (config) => void Object.assign(config.group!, { steps: STEPS, learningRateDrops: [] }));
  await page.getByRole("button", { name: "Group", exact: true }).click();

  const samples: Sample[] = [];
  const bar = page.getByRole("progressbar", { name: "Grouping" });
  for (let sample = 1; sample < SAMPLES; sample++) {
    const due = (sample * STEPS) / SAMPLES;
    const done = () => bar.evaluate((progress: HTMLProgressElement) => progress.value);
    await expect.poll(done, { timeout: 20 * MINUTE_MS, intervals: [500] }).toBeGreaterThanOrEqual(due);
    const { heapBytes, buffersAlive } = await inspector.holdings();
    samples.push({ step: await done(), workerBytes: heapBytes, pageBytes: await pageHeap(page), buffersAlive });
  }
  await expect(page.getByRole("status")).toContainText("Grouping finished", { timeout: 20 * MINUTE_MS });

  // The first validation makes the buffers of all; code is optimised for a while.
  const settled = samples.slice(SAMPLES / 5);
  const times = (await storedPoints(page)).filter(({ kind }) => kind === "step").map(({ time }) => time);
  const [first, last] = [meanStep(times.slice(0, STEPS / 10)), meanStep(times.slice(-STEPS / 10))];
  const [worker, own] = [growth(settled, ({ workerBytes }) => workerBytes), growth(settled, ({ pageBytes }) => pageBytes)];
  // One more is alive while something is read back.
  const least = (some: readonly Sample[]) => Math.min(...some.map(({ buffersAlive }) => buffersAlive));
  const [before, after] = [least(settled.slice(0, settled.length / 2)), least(settled.slice(settled.length / 2))];
  console.log(
    `${STEPS} steps; in 1000 of them: heap of the worker ${worker.toFixed(0)} bytes, of the page ${own.toFixed(0)} bytes, ` +
      `${before} buffers at first, ${after} at last; ${first.toFixed(1)} ms a step at first, ${last.toFixed(1)} at last`,
  );
  console.log(JSON.stringify(samples));
  expect(times).toHaveLength(STEPS);
  expect(before).toBeGreaterThan(0);
  expect(after).toBe(before);
  expect(worker).toBeLessThan(HEAP_BYTES_PER_THOUSAND_STEPS);
  expect(last / first).toBeLessThan(MOST_SLOWDOWN);
});
