import { expect, type Locator, type Page } from "@playwright/test";
import { madeRuns, storeRuns } from "./stored-runs";
import { test } from "./told-test";

/** From the choice of all runs to their table; the chart below it may still be to come. */
const OPEN_MS = 1000;
/** Of what is pressed or typed in the table, to the second frame after it: longer is felt as a halt. */
const ACT_MS = 200;

const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!;

/**
 * Milliseconds from each press of a button, tick of a box, or text put into a field, to the second frame after it, one after the other with
 * the page at rest between them; all of it in the page, where nobody looks on meanwhile.
 */
async function timed(page: Page, elements: readonly Locator[], texts: readonly string[] = []): Promise<readonly number[]> {
  const handles = await Promise.all(elements.map((locator) => locator.elementHandle()));
  return page.evaluate(
    async ([targets, words]) => {
      const times: number[] = [];
      for (const [index, target] of targets.entries()) {
        const text = words[index];
        const before = performance.now();
        if (text === undefined && target instanceof HTMLElement) target.click();
        if (text !== undefined && target instanceof HTMLElement) {
          // As typing or choosing does: React hears of it by the event and asks the element itself.
          Object.getOwnPropertyDescriptor(Object.getPrototypeOf(target), "value")?.set?.call(target, text);
          target.dispatchEvent(new Event(target instanceof HTMLSelectElement ? "change" : "input", { bubbles: true }));
        }
        for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
        times.push(performance.now() - before);
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
      return times;
    },
    [handles, texts] as const,
  );
}

/** Milliseconds from the choice of all runs to the frame in which the table has so many rows. */
async function openedIn(select: Locator, rows: number): Promise<number> {
  return select.evaluate(async (element, wanted) => {
    const before = performance.now();
    if (element instanceof HTMLSelectElement) element.value = "all";
    element.dispatchEvent(new Event("change", { bubbles: true }));
    const there = (): number => document.querySelectorAll(".compare-table tbody tr").length;
    do await new Promise(requestAnimationFrame);
    while (there() < wanted);
    return performance.now() - before;
  }, rows);
}

test("two hundred stored runs are compared at once, sorted, narrowed and drawn smoothly, and a reload finds the same", async ({
  page,
}) => {
  await page.goto("/");
  await expect(page.getByText("No runs yet")).toBeVisible();
  await storeRuns(page, await madeRuns(200, 600), { steps: 600, unread: 12 });
  await page.goto("/?preset=tiny");
  await expect(page.locator(".runs > li")).toHaveCount(200);
  const panel = page.getByRole("region", { name: "Compare", exact: true });
  const rows = panel.getByRole("table", { name: "Compare" }).locator("tbody tr");

  const opened = await openedIn(panel.getByLabel("Table of"), 200);
  await expect(panel).toContainText("200 runs.");
  await expect(panel.locator(".cost-mark")).toHaveCount(400);

  const heads = ["Best validation top-1", "Test top-1, split", "Parameters saved", "group.learningRate"];
  const head = (name: string): Locator => panel.getByRole("button", { name, exact: true });
  const sorted = await timed(page, heads.map(head));
  await expect(rows.first()).toContainText("0.02");
  const boxes = [0, 5, 10, 15].map((nth) => panel.getByRole("checkbox", { name: /^Draw / }).nth(nth));
  const drawn = await timed(page, boxes);
  await expect(panel.locator(".recharts-line")).toHaveCount(4);
  const words = ["2", "2-", "2-4-4", "2-4-4 seed=3"];
  const field = panel.getByLabel("Only runs with");
  const filtered = await timed(page, Array<Locator>(words.length).fill(field), words);
  await expect(rows).toHaveCount(5);
  await panel.getByLabel("Seeds as mean and deviation").check();
  await field.fill("2-4-4");
  await expect(rows).toHaveCount(5);
  await expect(rows.first()).toContainText("mean of 10 seeds");
  await expect(panel.locator(".recharts-errorBar").first()).toBeAttached();
  const box = panel.getByRole("checkbox", { name: /^Draw / });
  await box.first().focus();
  await page.keyboard.press("ArrowDown");
  await expect(box.nth(1)).toBeFocused();

  const written = (times: readonly number[]): string => times.map(Math.round).join(", ");
  console.log(
    `opened in ${Math.round(opened)} ms; sorted in ${written(sorted)} ms; drawn in ${written(drawn)} ms; filtered in ${written(filtered)} ms`,
  );
  expect(opened).toBeLessThan(OPEN_MS);
  for (const times of [sorted, drawn, filtered]) expect(median(times)).toBeLessThan(ACT_MS);

  const saved = page.waitForEvent("download");
  await panel.getByRole("button", { name: "Save the table of runs as CSV" }).click();
  expect((await saved).suggestedFilename()).toBe("splitnet-runs.csv");
  await expect.poll(() => page.url()).toContain("compare.filter=2-4-4");
  await page.reload();
  await expect(rows).toHaveCount(5);
  await expect(rows.first()).toContainText("mean of 10 seeds");
  await expect(panel.locator(".recharts-line").first()).toBeAttached();
});
