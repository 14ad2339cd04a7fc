import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, type Page } from "@playwright/test";
import { openGallery } from "./gallery";
import { STATES } from "./gallery-states";
import { changeConfiguration, dropFiles, keepScreenshot, splitnet, storedPoints } from "./support";
import { test } from "./told-test";

const MINUTE_MS = 60_000;
/** Of stage 1 and of fine-tuning: long enough for a reload between two checkpoints on a software adapter. */
const STEPS = { group: 6, finetune: 2 };

/** Few images: both runs are evaluated, each before and after its split. */
const archive = fileURLToPath(new URL("../artifacts/data/queue.tar.gz", import.meta.url));
mkdirSync(dirname(archive), { recursive: true });
splitnet("sample", "--out", archive, "--classes", "6", "--superclasses", "2", "--train", "30", "--test", "4", "--seed", "3");

const panel = (page: Page) => page.getByRole("region", { name: "Queue", exact: true });
const entries = (page: Page) => panel(page).getByRole("list", { name: "Runs in the queue" }).getByRole("listitem");

test("two runs are queued with the keyboard, survive a reload in the middle of the first, and are done one after the other", async ({
  page,
}) => {
  await page.goto("/?preset=tiny");
  await dropFiles(page, [archive]);
  await expect(page.getByRole("status")).toContainText("Data set ready");
  await changeConfiguration(page, (config) => {
    Object.assign(config, { emptyGroups: "assign-nearest" });
    const short = { batchSize: 4, validateEverySteps: 20, checkpointEverySteps: 2, learningRateDrops: [] };
    Object.assign(config.group!, { ...short, steps: STEPS.group });
    Object.assign(config.finetune!, { ...short, steps: STEPS.finetune });
  });
  await panel(page).getByText("Add runs").click();
  await panel(page).getByLabel("Seeds").fill("1-3");
  await panel(page).getByRole("button", { name: "Add 3 runs" }).press("Enter");
  await expect(entries(page)).toHaveCount(3);
  await panel(page)
    .getByRole("button", { name: /^Remove: .*seed 2$/ })
    .press("Enter");
  await expect(panel(page).getByRole("button", { name: /^Undo/ })).toBeFocused();
  await panel(page)
    .getByRole("button", { name: /^Later: .*seed 1$/ })
    .press("Enter");
  await expect(entries(page).first()).toContainText("seed 3");
  await panel(page).getByRole("button", { name: "Start" }).press("Enter");
  await expect(entries(page).first()).toContainText("Running", { timeout: MINUTE_MS });
  await expect(page.getByRole("status")).toContainText(/Checkpoint|Grouping/, { timeout: MINUTE_MS });
  await expect.poll(async () => (await storedPoints(page)).length, { timeout: MINUTE_MS }).toBeGreaterThan(0);

  await page.reload();
  await expect(entries(page).first()).toContainText("Begun");
  await expect(panel(page).getByRole("button", { name: /^Undo/ })).toBeVisible();
  await keepScreenshot(page, "19-queue");
  await panel(page).getByRole("button", { name: "Continue" }).press("Enter");
  await expect(page.getByRole("status")).toContainText("The queue is done.", { timeout: 2 * MINUTE_MS });
  await expect(entries(page).filter({ hasText: "Done" })).toHaveCount(2);
  // Two runs, and every step of each of them once: none was begun a second time.
  await expect(page.locator(".runs > li")).toHaveCount(2);
  const steps = (await storedPoints(page)).filter(({ kind }) => kind === "step");
  expect(steps).toHaveLength(2 * (STEPS.group + STEPS.finetune));
});

test("controls of a run are queued at two presses, groups of one's own by the keyboard, and those that are done are compared", async ({
  page,
}) => {
  const gallery = await openGallery(page, "/?preset=tiny");
  await gallery.tell(STATES.finished.events);
  const controls = page.getByRole("region", { name: "Controls", exact: true });
  await controls.getByText("Compare with controls").click();
  await controls.getByLabel("Seeds").fill("1,2");
  await controls.getByLabel("superclasses merged").uncheck();
  // Learned groups of seed 1 are those of the run itself.
  await controls.getByRole("button", { name: "Queue 7 runs" }).press("Enter");
  const sources = ["learned", "unsplit", "random", "clustering"];
  expect((await gallery.asked()).at(-1)).toEqual({ kind: "enqueueControls", runId: "run-1", sources, seeds: [1, 2] });

  await controls.getByText("Groups of your own").click();
  const apple = controls.getByLabel("Group of apple");
  await apple.focus();
  await page.keyboard.type("Group 3");
  await expect(controls).toContainText("1 class moved.");
  await controls.getByRole("button", { name: "Queue this control" }).press("Enter");
  const asked = (await gallery.asked()).at(-1);
  expect(asked).toMatchObject({ kind: "enqueueManual", runId: "run-1", seed: 1 });
  expect(asked?.kind === "enqueueManual" && asked.classes[0]).toBe(2);

  await gallery.tell(STATES.unfolded.events.slice(-1));
  await controls.getByRole("button", { name: "Show what is done in Compare" }).press("Enter");
  await expect.poll(() => new URL(page.url()).hash).toContain("compare=run-1_run-2");
});

test("a grid of the form and a sweep file are counted before they are added, and what is wrong with them is said", async ({
  page,
}) => {
  const gallery = await openGallery(page, "/?preset=tiny");
  await gallery.tell(STATES.ready.events);
  await panel(page).getByText("Add runs").click();
  await panel(page).getByLabel("Seeds").fill("1-2");
  await panel(page).getByLabel("Vary a field").selectOption("Group: Learning rate");
  await expect(panel(page)).toContainText("values: there are none yet");
  await panel(page).getByLabel("Its values").fill("0.1, fast");
  await expect(panel(page)).toContainText("group.learningRate");
  await panel(page).getByLabel("Its values").fill("0.1, 0.05");
  await panel(page).getByRole("button", { name: "Add 4 runs" }).press("Enter");
  const sweep = { name: "page", config: { preset: "tiny" }, grid: { "group.learningRate": [0.1, 0.05] }, seeds: [1, 2] };
  expect((await gallery.asked()).at(-1)).toMatchObject({ kind: "enqueue", sweep });

  const file = (text: string) => ({ name: "widths.json", mimeType: "application/json", buffer: Buffer.from(text) });
  const chooser = panel(page).locator("input[type=file]");
  await chooser.setInputFiles(file('{ "name": "widths" '));
  await expect(panel(page).getByRole("alert")).toContainText("widths.json cannot be read as a sweep.");
  const widths = { name: "widths", preset: "tiny", grid: { "model.widen": [1, 2, 3] } };
  await chooser.setInputFiles(file(JSON.stringify(widths)));
  await expect(panel(page)).toContainText("widths.json: 3 runs");
  await panel(page).getByRole("button", { name: "Add 3 runs" }).press("Enter");
  expect((await gallery.asked()).at(-1)).toEqual({ kind: "enqueue", sweep: widths });
});
