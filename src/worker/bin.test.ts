import { describe, expect, test } from "vitest";
import { drawn, opened, openStores, pausedRun, wholeCurve, withSample } from "../../tests/support/studio";
import { exampleConfig } from "../engine/testing";
import type { EngineEvent } from "../protocol/events";
import { TestLocks, TestTabs } from "./testing";

const HOUR_MS = 60 * 60_000;

type Page = Awaited<ReturnType<typeof opened>>;

/** A page with so many grouped runs, oldest first. */
async function withRuns(count: number, parts: Parameters<typeof opened>[0] = {}) {
  const page = await withSample(parts);
  const runIds: string[] = [];
  for (let i = 0; i < count; i++) {
    await page.send({ kind: "group", config: exampleConfig });
    runIds.push(page.runId());
  }
  return { page, runIds };
}

const listed = (page: Page) =>
  page
    .of("runsListed")
    .at(-1)!
    .runs.map(({ id }) => id);
const inBin = (page: Page) =>
  page
    .of("removedChanged")
    .at(-1)!
    .removed.map((view) => (view.kind === "run" ? view.runId : view.kind));
const refusals = (page: Page) => page.of("requestFailed").map(({ error }) => error.message);
/** A page loaded anew over the same storage. */
async function reloaded(page: Page, parts: Parameters<typeof opened>[0] = {}) {
  const again = await opened({ ...parts, database: page.database });
  await again.send({ kind: "open" });
  return again;
}

test("removed runs are taken back in any order, also at the next visit, and go on as they were", async () => {
  const { page, runIds } = await withRuns(3);
  const [first, second, third] = runIds as [string, string, string];
  for (const runId of [first, third]) await page.send({ kind: "removeRun", runId });
  expect([listed(page), inBin(page)]).toEqual([[second], [third, first]]);
  expect(page.of("removedChanged").at(-1)!.removed[0]).toMatchObject({
    createdAt: expect.any(Number),
    bytes: expect.any(Number),
  });
  expect(page.runId()).toBe(second);

  const again = await reloaded(page);
  expect([listed(again), inBin(again)]).toEqual([[second], [third, first]]);
  await again.send({ kind: "restoreRun", runId: first });
  await again.send({ kind: "restoreRun", runId: third });
  expect([listed(again), inBin(again)]).toEqual([[third, second, first], []]);
  await again.send({ kind: "openRun", runId: first });
  expect(drawn(again.events(), "group")).toEqual(await wholeCurve());
  expect(refusals(again)).toEqual([]);
});

test("a run that cannot be opened hides nothing of the bin", async () => {
  const { page, runIds } = await withRuns(2);
  await page.send({ kind: "removeRun", runId: runIds[0]! });
  const { runs } = await openStores(page.database);
  await runs.writeFile(runIds[1]!, "group.safetensors", Uint8Array.of(3, 5, 7));
  const again = await reloaded(page);
  expect(refusals(again)).toHaveLength(1);
  expect(inBin(again)).toEqual([runIds[0]]);
});

test("the only run, taken back, is looked at again", async () => {
  const { page, runIds } = await withRuns(1);
  await page.send({ kind: "removeRun", runId: runIds[0]! });
  const opens = page.of("runOpened").length;
  await page.send({ kind: "restoreRun", runId: runIds[0]! });
  expect(page.of("runOpened")).toHaveLength(opens + 1);
});

test("nothing is done with a removed run, and its id stays taken until it is freed", async () => {
  const time = Date.UTC(2024, 0, 31, 12);
  const { page, runIds } = await withRuns(1, { now: () => time });
  const runId = runIds[0]!;
  await page.send({ kind: "removeRun", runId });
  for (const kind of ["openRun", "resume", "split", "evaluate", "export", "saveRun"] as const) await page.send({ kind, runId });
  expect(refusals(page)).toEqual(Array(6).fill(`there is no run ${runId}`));
  await page.send({ kind: "group", config: exampleConfig });
  expect(page.runId()).toBe(`${runId}-2`);
  await page.send({ kind: "freeRun", runId });
  await page.send({ kind: "group", config: exampleConfig });
  expect(page.runId()).toBe(runId);
});

test("freeing is for what was removed alone, and final", async () => {
  const { page, runIds } = await withRuns(1);
  const runId = runIds[0]!;
  await page.send({ kind: "freeRun", runId });
  await page.send({ kind: "restoreRun", runId });
  await page.send({ kind: "freeData" });
  await page.send({ kind: "restoreData" });
  expect(refusals(page)).toEqual([
    ...Array(2).fill(`run ${runId} is not among the removed ones`),
    ...Array(2).fill("there is no removed data set"),
  ]);
  const { runs, datasets } = await openStores(page.database);
  expect(await runs.byteLength(runId)).toBeGreaterThan(0);
  expect(await datasets.byteLength()).toBeGreaterThan(0);
  await page.send({ kind: "removeRun", runId });
  await page.send({ kind: "freeRun", runId });
  expect([inBin(page), await runs.byteLength(runId), await runs.isTaken(runId)]).toEqual([[], 0, false]);
});

test("a day after the removal opening the studio frees it; a moment earlier it does not", async () => {
  let now = Date.UTC(2024, 0, 31, 12);
  const clock = { now: () => now };
  const { page, runIds } = await withRuns(2, { now: () => (now += 10) });
  await page.send({ kind: "removeRun", runId: runIds[0]! });
  await page.send({ kind: "removeData" });
  const removedAt = now;
  now = removedAt + 24 * HOUR_MS - 1000;
  expect(inBin(await reloaded(page, clock))).toEqual([runIds[0], "dataset"]);
  now = removedAt + 24 * HOUR_MS;
  const later = await reloaded(page, clock);
  expect([inBin(later), listed(later)]).toEqual([[], [runIds[1]]]);
  const { runs, datasets } = await openStores(page.database);
  expect([await runs.byteLength(runIds[0]!), await datasets.removed()]).toEqual([0, null]);
});

test("a run is freed while another one trains, which may wait for its space", async () => {
  const database = (await withRuns(1)).page.database;
  const { page, group } = await pausedRun({ database });
  const [training, other] = [
    page.runId(),
    (await (await openStores(database)).runs.list()).find(({ id }) => id !== page.runId())!.id,
  ];
  await page.send({ kind: "removeRun", runId: other });
  await page.send({ kind: "freeRun", runId: other });
  expect([listed(page), inBin(page)]).toEqual([[training], []]);
  await page.send({ kind: "resume", runId: training });
  await group;
  expect(refusals(page)).toEqual([]);
});

describe("the data set", () => {
  test("is taken back as it was, also at the next visit", async () => {
    const page = await withSample();
    await page.send({ kind: "removeData" });
    expect([page.of("datasetChanged").at(-1)!.dataset, inBin(page)]).toEqual([null, ["dataset"]]);
    const again = await reloaded(page);
    expect(again.of("removedChanged").at(-1)!.removed).toMatchObject([{ source: "sample data" }]);
    expect(again.of("datasetChanged").at(-1)!.dataset).toBeNull();
    await again.send({ kind: "restoreData" });
    expect(again.of("datasetChanged").at(-1)!.dataset).toMatchObject({ source: "sample data" });
    await again.send({ kind: "group", config: exampleConfig });
    expect(refusals(again)).toEqual([]);
  });

  test("is freed by hand, or by another one", async () => {
    const page = await withSample();
    await page.send({ kind: "removeData" });
    await page.send({ kind: "freeData" });
    expect(inBin(page)).toEqual([]);
    await page.send({ kind: "useSampleData" });
    await page.send({ kind: "removeData" });
    await page.send({ kind: "useSampleData" });
    expect(inBin(page)).toEqual([]);
    expect(page.of("datasetChanged").at(-1)!.dataset).not.toBeNull();
  });
});

describe("another tab", () => {
  async function twoTabs() {
    const locks = new TestLocks();
    const tabs = new TestTabs();
    const { page, group } = await pausedRun({ locks, tabs: tabs.open(), database: (await withRuns(1)).page.database });
    const second = await opened({ locks, tabs: tabs.open(), database: page.database });
    await second.send({ kind: "open" });
    const other = listed(second).find((id) => id !== page.runId())!;
    return { first: page, second, group, other, tabs, locks };
  }
  const binHas = (runId: string) => (event: EngineEvent) =>
    event.kind === "removedChanged" && event.removed.some((view) => view.kind === "run" && view.runId === runId);

  test("sees at once what is removed, taken back and freed, also while this one trains", async () => {
    const { first, second, group, other } = await twoTabs();
    await first.send({ kind: "removeRun", runId: other });
    await second.until(binHas(other));
    expect(listed(second)).toEqual([first.runId()]);
    await first.send({ kind: "restoreRun", runId: other });
    await second.until(
      (event) => event.kind === "removedChanged" && event === second.of("removedChanged").at(-1) && event.removed.length === 0,
    );
    expect(listed(second)).toContain(other);
    await first.send({ kind: "stop" });
    await group;
  });

  test("can neither take back nor free while this one is at work; opened a day later it frees nothing yet", async () => {
    const { first, second, group, other, tabs, locks } = await twoTabs();
    await first.send({ kind: "removeRun", runId: other });
    await second.send({ kind: "restoreRun", runId: other });
    await second.send({ kind: "freeRun", runId: other });
    expect(refusals(second)).toEqual(Array(2).fill(expect.stringContaining("another tab of the studio is training")));
    const third = await reloaded(first, { locks, tabs: tabs.open(), now: () => Date.UTC(2024, 1, 2) });
    expect([inBin(third), refusals(third)]).toEqual([[other], []]);
    await first.send({ kind: "stop" });
    await group;
  });
});
