import { type ElementHandle, expect, type Page } from "@playwright/test";
import { presetConfig } from "../src/model/presets";
import { sampleRecord } from "../src/state/testing";
import { storedRecord } from "../src/storage/run-record";
import { test } from "./told-test";

/** The published recipe: 200,000 steps of grouping, 120,000 of fine-tuning, a validation every thousand. */
const paper = sampleRecord({
  ...{ id: "long", createdAt: 1_700_000_000_000, config: presetConfig("paper") },
  ...{ phase: "finetuning", checkpointStep: 120_000 },
});
const short = sampleRecord({ id: "short", createdAt: 1_800_000_000_000 });

/** Of the run that is not looked at. */
const OPEN = /^Open /;
const OPEN_MS = 300;
/** Of a press that moves the stretch shown, held as every input of the page is: 95 of 100 within this, and none beyond the longest task. */
const MOVE_MS = 100;
const SLOWEST_MOVE_MS = 200;

/** Puts two runs into the browser's storage as the studio keeps them, the long one with a point a step. */
async function store(page: Page): Promise<void> {
  const records = [paper, short].map((record) => ({ id: record.id, record: storedRecord(record) }));
  await page.evaluate(async (runs) => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open("splitnet-studio");
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const transaction = database.transaction(["runs", "metrics"], "readwrite");
    for (const run of runs) transaction.objectStore("runs").put(run);
    const noise = (step: number) => Math.abs(Math.sin(step * 12.9898) * 43_758.5453) % 1;
    const columns = (from: number, length: number, every: number, names: readonly string[]) =>
      Object.fromEntries(
        names.map((name) => {
          const at = (index: number) => from + index * every;
          const value = (step: number) =>
            name === "step" ? step : name === "time" ? 1.7e12 + step * 700 : 1 + noise(step + name.length);
          return [name, Float64Array.from({ length }, (_, index) => value(at(index)))];
        }),
      );
    const step = ["step", "crossEntropy", "l2", "overlap", "weightSplit", "uniform", "total", "learningRate", "accuracy", "time"];
    const validation = ["step", "loss", "top1", "top5", "time"];
    const none = { steps: columns(0, 0, 1, step), validations: columns(0, 0, 1, validation) };
    const length = 4000;
    for (const [stage, other, steps] of [
      ["group", "finetune", 200_000],
      ["finetune", "group", 120_000],
    ] as const) {
      for (let from = 0; from < steps; from += length) {
        const own = { steps: columns(from, length, 1, step), validations: columns(from + 1000, 4, 1000, validation) };
        transaction.objectStore("metrics").add({ runId: "long", columns: { [stage]: own, [other]: none } });
      }
    }
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onerror = () => reject(transaction.error);
    });
    database.close();
  }, records);
}

/** Milliseconds from a press of each button to the frame in which the curves say `drawn`, one press after the other. */
async function timed(page: Page, buttons: readonly RegExp[], drawn: string): Promise<number[]> {
  const times = [];
  for (const name of buttons) {
    const button = await page.getByRole("button", { name }).elementHandle();
    const time = await page.evaluate(
      async ([pressed, words]) => {
        const before = performance.now();
        pressed?.click();
        const shown = (): string => document.querySelector(".section-curves")?.textContent ?? "";
        do await new Promise(requestAnimationFrame);
        while (!shown().includes(words));
        return performance.now() - before;
      },
      [button as ElementHandle<HTMLElement> | null, drawn] as const,
    );
    times.push(time);
  }
  return times;
}

/** The time that a share of them stays within. */
const quantile = (times: readonly number[], share: number): number =>
  times.toSorted((a, b) => a - b)[Math.ceil(times.length * share) - 1]!;

test("the curves of a run of 320,000 steps open at once, zoom and pan smoothly", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByText("No runs yet")).toBeVisible();
  await store(page);
  await page.goto("/");
  await expect(page.getByRole("button", { name: OPEN })).toHaveCount(1);
  const opened = [];
  for (let visit = 0; visit < 5; visit++) {
    opened.push(...(await timed(page, [OPEN], "all 120,000 points")));
    await expect(page.locator(".section-curves .recharts-line").first()).toBeVisible();
    await page.getByRole("button", { name: OPEN }).click();
    await expect(page.getByText("appear here with the first step")).toBeVisible();
  }
  await page.getByRole("button", { name: OPEN }).click();
  await expect(page.locator(".section-curves .recharts-line").first()).toBeVisible();
  // Seven presses reach the end: none of these is without effect.
  const there = Array<RegExp>(7).fill(/^Later/);
  const back = Array<RegExp>(7).fill(/^Earlier/);
  const zooms = Array<RegExp>(3).fill(/^Zoom in/);
  const moved = await timed(page, [...zooms, ...there, ...back, ...there, ...back, ...there, /^Zoom out/], "Drag across a chart");
  console.log(`opened in ${opened.map(Math.round).join(", ")} ms; moved in ${moved.map(Math.round).join(", ")} ms`);
  expect(quantile(opened, 0.5)).toBeLessThan(OPEN_MS);
  expect(quantile(moved, 0.95)).toBeLessThan(MOVE_MS);
  expect(Math.max(...moved)).toBeLessThan(SLOWEST_MOVE_MS);
});
