import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import { everydayBrowser } from "./everyday-browser";
import { changeConfiguration, dropFiles, type StoredPoint, sampleArchive, storedPoints } from "./support";
import { test } from "./told-test";

const MINUTE_MS = 60_000;
/** Length of each stretch; `HIDDEN_TAB_MINUTES=10 npx playwright test hidden-tab` hides the tab once, for that long. */
const LONG_MS = Number(process.env.HIDDEN_TAB_MINUTES ?? 0) * MINUTE_MS;
const [PAIRS, HIDDEN_MS, VISIBLE_MS] = LONG_MS > 0 ? [1, LONG_MS, MINUTE_MS] : [3, 15_000, 15_000];
/** Left out after each change, until the browser has settled. */
const SETTLE_MS = 2000;

/** A stretch of time in which the tab was hidden or seen. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

function stepsPerSecond(points: readonly StoredPoint[], { from, to }: Stretch): number {
  const within = points.filter(({ kind, time }) => kind === "step" && time >= from && time < to);
  return (within.length * 1000) / (to - from);
}

async function stretch(page: Page, state: "visible" | "hidden", milliseconds: number): Promise<Stretch> {
  await expect.poll(() => page.evaluate(() => document.visibilityState)).toBe(state);
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const from = Date.now();
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  return { from, to: Date.now() };
}

test("@long a hidden tab trains as fast as one that is seen", async ({ baseURL }) => {
  test.setTimeout(10 * MINUTE_MS + LONG_MS);
  const profile = mkdtempSync(join(tmpdir(), "splitnet-hidden-"));
  const { context, kill } = await everydayBrowser(profile);
  try {
    const page = context.pages()[0]!;
    const other = await context.newPage();
    await page.bringToFront();
    await page.goto(`${baseURL}/?preset=tiny`);
    await dropFiles(page, [sampleArchive()]);
    await expect(page.getByRole("status")).toContainText("Data set ready");
    await changeConfiguration(page, (config) => {
      const never = 10_000_000;
      Object.assign(config.group!, { steps: never, batchSize: 4, validateEverySteps: never, checkpointEverySteps: never });
    });
    await page.getByRole("button", { name: "Group", exact: true }).click();
    await expect(page.locator(".run-progress")).toContainText(/Step\s*[1-9]/, { timeout: MINUTE_MS });

    const [seen, hidden]: [Stretch[], Stretch[]] = [[await stretch(page, "visible", VISIBLE_MS)], []];
    for (let pair = 0; pair < PAIRS; pair++) {
      await other.bringToFront();
      hidden.push(await stretch(page, "hidden", HIDDEN_MS));
      await page.bringToFront();
      seen.push(await stretch(page, "visible", VISIBLE_MS));
    }
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    await expect(page.getByRole("status")).toContainText("stopped", { timeout: MINUTE_MS });

    // Each against its neighbours, so that a computer that gets busier or idler in between does not decide.
    const points = await storedPoints(page);
    const ratios = hidden.map((own, pair) => {
      const [before, after] = [stepsPerSecond(points, seen[pair]!), stepsPerSecond(points, seen[pair + 1]!)];
      return (2 * stepsPerSecond(points, own)) / (before + after);
    });
    const median = [...ratios].sort((a, b) => a - b)[ratios.length >> 1]!;
    const rates = (stretches: readonly Stretch[]) => stretches.map((own) => stepsPerSecond(points, own).toFixed(2)).join(", ");
    console.log(`steps a second seen ${rates(seen)}; hidden ${rates(hidden)}; median of ratios ${median.toFixed(3)}`);
    expect(median).toBeGreaterThanOrEqual(0.9);
  } finally {
    await kill();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
});
