import { expect, type Page, test } from "@playwright/test";

const MINUTE_MS = 60_000;
/** `RESPONSIVE_MINUTES=30 LONG_TESTS=1 npx playwright test responsiveness` holds the page's memory over half an hour. */
const MINUTES = Number(process.env.RESPONSIVE_MINUTES ?? 30);
const INPUT_MS = 100;
const TASK_MS = 200;
/** In half an hour; the curves themselves grow by 80 bytes a step. */
const HEAP_BYTES = 4_000_000;

// A recording of the page would be measured with it.
test.use({ trace: "off", screenshot: "off" });

interface Timings {
  /** Milliseconds from each input to the next frame after its handlers. */
  readonly inputs: readonly number[];
  /** Milliseconds of the longest tasks of the page's thread. */
  readonly tasks: readonly number[];
}

/** Counts from now on what the browser times: inputs that take longer than a frame, and tasks longer than 50 ms. */
async function watchTimings(page: Page): Promise<void> {
  await page.evaluate(() => {
    const inputs = new Map<number, number>();
    const tasks: number[] = [];
    Object.assign(globalThis, { timings: { inputs, tasks } });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const id: unknown = Reflect.get(entry, "interactionId");
        if (typeof id === "number" && id !== 0) inputs.set(id, Math.max(inputs.get(id) ?? 0, entry.duration));
      }
    }).observe({ type: "event", durationThreshold: 16 } as PerformanceObserverInit);
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
      type: "longtask",
    });
  });
}

function timings(page: Page): Promise<Timings> {
  return page.evaluate(() => {
    const { inputs, tasks } = Reflect.get(globalThis, "timings");
    return { inputs: [...inputs.values()], tasks };
  });
}

/** Presses of every kind, all over the page, while everything is drawn anew; returns how many. */
async function pressAllOver(page: Page, until: () => Promise<boolean>): Promise<number> {
  let presses = 0;
  const pressed = async (action: Promise<void>): Promise<void> => {
    await action;
    presses++;
    await page.waitForTimeout(50);
  };
  const groups = page.getByRole("region", { name: "Groups", exact: true });
  while (!(await until())) {
    await pressed(page.getByRole("button", { name: "Zoom in" }).click());
    await pressed(page.getByRole("button", { name: "Show all" }).click());
    await pressed(page.getByText("What the terms mean").click());
    await groups.getByRole("application").first().focus();
    for (const key of ["ArrowRight", "ArrowDown", "ArrowRight", "Escape"]) await pressed(page.keyboard.press(key));
    await groups.getByRole("slider").focus();
    for (const key of ["Home", "ArrowRight", "End"]) await pressed(page.keyboard.press(key));
    await page.getByRole("textbox", { name: "Seed" }).focus();
    for (const key of ["1", "2", "Backspace", "Backspace"]) await pressed(page.keyboard.press(key));
  }
  return presses;
}

/** Half of the inputs below 16 ms are not told: those not in the list are shorter than every one that is. */
function percentile(inputs: readonly number[], presses: number, share: number): number {
  const slower = Math.floor(presses * (1 - share));
  return inputs.toSorted((a, b) => b - a)[slower] ?? 16;
}

async function heapBytes(page: Page): Promise<number> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("HeapProfiler.collectGarbage");
  const { usedSize } = await devtools.send("Runtime.getHeapUsage");
  await devtools.detach();
  return usedSize;
}

/** So many steps of grouping on the preset tiny, more than the test waits for, with every panel that is live while it does, all unfolded. */
async function train(page: Page, steps: number): Promise<void> {
  await page.goto("/?preset=tiny");
  await page.getByRole("button", { name: "Use sample data" }).click();
  await expect(page.getByRole("status")).toContainText("Data set ready");
  await page.locator("summary", { hasText: /^Network/ }).click();
  await page.locator("summary", { hasText: /^Group/ }).click();
  await page.getByRole("region", { name: "Configuration" }).getByLabel("Steps").first().fill(String(steps));
  await page.getByRole("button", { name: "Group", exact: true }).click();
  await expect(page.getByRole("region", { name: "Groups", exact: true }).getByRole("slider")).toBeVisible({
    timeout: 3 * MINUTE_MS,
  });
  for (const details of await page.locator("details").elementHandles())
    await details.evaluate((element) => {
      if (element instanceof HTMLDetailsElement) element.open = true;
    });
}

test("while it trains the page answers at once", async ({ page }) => {
  await train(page, 4000);
  await watchTimings(page);
  const end = Date.now() + MINUTE_MS / 2;
  const presses = await pressAllOver(page, async () => Date.now() > end);
  const { inputs, tasks } = await timings(page);
  const slow = percentile(inputs, presses, 0.95);
  console.log(`${presses} inputs, 95 of 100 within ${slow} ms; longest task ${Math.max(0, ...tasks).toFixed(0)} ms`);
  expect(presses).toBeGreaterThan(50);
  expect(slow).toBeLessThan(INPUT_MS);
  expect(Math.max(0, ...tasks)).toBeLessThan(TASK_MS);
});

test("@long half an hour of training leaves the page's memory flat, and it answers as at first", async ({ page }) => {
  test.setTimeout((MINUTES + 10) * MINUTE_MS);
  await train(page, 20_000);
  await watchTimings(page);
  const samples: number[] = [];
  let presses = 0;
  for (let minute = 0; minute <= MINUTES; minute++) {
    samples.push(await heapBytes(page));
    const end = Date.now() + MINUTE_MS;
    presses += await pressAllOver(page, async () => Date.now() > end);
  }
  const { inputs, tasks } = await timings(page);
  const [before, after] = [samples.slice(2, 7), samples.slice(-5)].map((some) => Math.min(...some));
  console.log(`heap in bytes, minute by minute: ${samples.join(", ")}`);
  console.log(
    `${presses} inputs, 95 of 100 within ${percentile(inputs, presses, 0.95)} ms; longest task ${Math.max(0, ...tasks)} ms`,
  );
  expect(after! - before!).toBeLessThan(HEAP_BYTES);
  expect(percentile(inputs, presses, 0.95)).toBeLessThan(INPUT_MS);
  expect(Math.max(0, ...tasks)).toBeLessThan(TASK_MS);
});
