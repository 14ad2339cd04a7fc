import { expect, type Page } from "@playwright/test";
import { growth, keptBytes } from "./heap-snapshot";
import { test } from "./told-test";

const MINUTE_MS = 60_000;
/** `RESPONSIVE_MINUTES=30 LONG_TESTS=1 npx playwright test responsiveness` holds the page's memory over half an hour. */
const MINUTES = Number(process.env.RESPONSIVE_MINUTES ?? 30);
const INPUT_MS = 100;
const TASK_MS = 200;
/** What the page may hold more after half an hour: the curves and the kept moments grow. Compiled code is no part of it. */
const KEPT_BYTES = 4_000_000;
/** Until the page has drawn everything once. */
const WARM_UP_MINUTES = 3;

// A recording of the page would be measured with it.
test.use({ trace: "off", screenshot: "off" });

interface Timings {
  /** Milliseconds from each input to the next frame after its handlers. */
  readonly inputs: readonly number[];
  /** Milliseconds of the longest tasks of the page's thread. */
  readonly tasks: readonly number[];
}

/** Counts from now on what the browser times: inputs that take longer than a frame, and tasks longer than 50 ms. Returns how to read them. */
async function watchTimings(page: Page): Promise<() => Promise<Timings>> {
  const watch = await page.evaluateHandle(() => {
    let inputs: [interaction: number, milliseconds: number][] = [];
    let tasks: number[] = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const id: unknown = Reflect.get(entry, "interactionId");
        if (typeof id === "number" && id !== 0) inputs.push([id, entry.duration]);
      }
    }).observe({ type: "event", durationThreshold: 16 } as PerformanceObserverInit);
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
      type: "longtask",
    });
    return {
      take() {
        const taken = { inputs, tasks };
        [inputs, tasks] = [[], []];
        return taken;
      },
    };
  });
  const byInteraction = new Map<number, number>();
  const tasks: number[] = [];
  // Kept here, not in the page, whose memory is measured.
  return async () => {
    const taken = await watch.evaluate(({ take }) => take());
    for (const [id, milliseconds] of taken.inputs) byInteraction.set(id, Math.max(byInteraction.get(id) ?? 0, milliseconds));
    tasks.push(...taken.tasks);
    return { inputs: [...byInteraction.values()], tasks };
  };
}

/** Presses of every kind, all over the page, while everything is drawn anew; returns how many. */
async function pressFor(page: Page, minutes: number): Promise<number> {
  const end = Date.now() + minutes * MINUTE_MS;
  let presses = 0;
  const pressed = async (action: Promise<void>): Promise<void> => {
    await action;
    presses++;
    await page.waitForTimeout(50);
  };
  const groups = page.getByRole("region", { name: "Groups", exact: true });
  while (Date.now() < end) {
    await pressed(page.getByRole("button", { name: "Zoom in" }).click());
    await pressed(page.getByRole("button", { name: "Show all" }).click());
    await pressed(page.getByText("What the terms mean").click());
    await groups.getByRole("application").first().focus();
    for (const key of ["ArrowRight", "ArrowDown", "ArrowRight", "Escape"]) await pressed(page.keyboard.press(key));
    await groups.getByRole("slider").focus();
    for (const key of ["Home", "ArrowRight", "End"]) await pressed(page.keyboard.press(key));
    await page.getByRole("textbox", { name: "Seed", exact: true }).focus();
    for (const key of ["1", "2", "Backspace", "Backspace"]) await pressed(page.keyboard.press(key));
  }
  return presses;
}

/** Half of the inputs below 16 ms are not told: those not in the list are shorter than every one that is. */
function percentile(inputs: readonly number[], presses: number, share: number): number {
  const slower = Math.floor(presses * (1 - share));
  return inputs.toSorted((a, b) => b - a)[slower] ?? 16;
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
  const timings = await watchTimings(page);
  const presses = await pressFor(page, 0.5);
  const { inputs, tasks } = await timings();
  const slow = percentile(inputs, presses, 0.95);
  console.log(`${presses} inputs, 95 of 100 within ${slow} ms; longest task ${Math.max(0, ...tasks).toFixed(0)} ms`);
  expect(presses).toBeGreaterThan(50);
  expect(slow).toBeLessThan(INPUT_MS);
  expect(Math.max(0, ...tasks)).toBeLessThan(TASK_MS);
});

test("@long half an hour of training leaves the page's memory flat, and it answers as at first", async ({ page }) => {
  test.setTimeout((WARM_UP_MINUTES + MINUTES + 10) * MINUTE_MS);
  await train(page, 20_000);
  await pressFor(page, WARM_UP_MINUTES);
  const before = await keptBytes(page);
  const timings = await watchTimings(page);
  let presses = 0;
  for (let minute = 0; minute < MINUTES; minute++) {
    presses += await pressFor(page, 1);
    await timings();
  }
  const { inputs, tasks } = await timings();
  const after = await keptBytes(page);
  const slow = percentile(inputs, presses, 0.95);
  console.log(`${MINUTES} minutes; kept bytes: data ${before.data} to ${after.data}, code ${before.code} to ${after.code}`);
  console.log(`most of it: ${growth(before, after, 12)}`);
  console.log(`${presses} inputs, 95 of 100 within ${slow} ms; longest task ${Math.max(0, ...tasks)} ms`);
  expect(after.data - before.data).toBeLessThan(KEPT_BYTES);
  expect(slow).toBeLessThan(INPUT_MS);
  expect(Math.max(0, ...tasks)).toBeLessThan(TASK_MS);
});
