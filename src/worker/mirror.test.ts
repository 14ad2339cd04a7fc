import { describe, expect, test } from "vitest";
import { drawn, opened, openStores, wholeCurve, withSample } from "../../tests/support/studio";
import { exampleConfig } from "../engine/testing";
import type { Metric, RunRecord } from "../model/run";
import type { MirrorView } from "../protocol/views";
import type { StoredValues } from "../storage/browser/values";
import { parseRunRecord } from "../storage/run-record";
import { MemoryFolder } from "../storage/testing";
import { TestLocks } from "./testing";

/** What a browser keeps from visit to visit. */
function memory(): StoredValues {
  const values = new Map<string, unknown>();
  return { read: async (key) => values.get(key), write: async (key, value) => void values.set(key, value) };
}

type Page = Awaited<ReturnType<typeof opened>>;
type On = Extract<MirrorView, { kind: "on" }>;

const view = (page: Page) => page.of("mirrorChanged").at(-1)?.mirror;
const isOn = (mirror: MirrorView | undefined, property: (on: On) => boolean): boolean =>
  mirror?.kind === "on" && property(mirror);
/** Resolves once the page is told so; what was told before does not count. */
const told = (page: Page, property: (on: On) => boolean) => {
  const before = page.of("mirrorChanged").length;
  return page.until(() =>
    page
      .of("mirrorChanged")
      .slice(before)
      .some(({ mirror }) => isOn(mirror, property)),
  );
};
const works = (page: Page) =>
  page.until(() => isOn(view(page), ({ writtenAt, failure }) => writtenAt !== null && failure === null));

const runFolder = (folder: MemoryFolder, id: string) => folder.folders.get(id)?.folders.get("runs")?.folders.get(id);
const textIn = (folder: MemoryFolder, id: string, name: string) =>
  new TextDecoder().decode(runFolder(folder, id)?.files.get(name));
const recordIn = (folder: MemoryFolder, id: string): RunRecord | null => {
  const text = textIn(folder, id, "run.json");
  return text === "" ? null : parseRunRecord(JSON.parse(text), "run.json");
};
const metricsIn = (folder: MemoryFolder, id: string): Metric[] =>
  textIn(folder, id, "metrics.ndjson")
    .split("\n")
    .flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));

/** Resolves once the folder holds exactly what is stored of the run. */
async function mirrors(page: Page, folder: MemoryFolder, id: string): Promise<void> {
  const { runs } = await openStores(page.database);
  await expect.poll(async () => JSON.stringify(recordIn(folder, id)) === JSON.stringify(await runs.get(id))).toBe(true);
  expect(metricsIn(folder, id)).toEqual(await runs.readMetrics(id));
  const names = [...(runFolder(folder, id)?.files.keys() ?? [])].filter((name) => /^[a-z-]+\.(safetensors|json)$/.test(name));
  expect(names).toContain("group.safetensors");
  for (const name of names.filter((other) => other !== "run.json"))
    expect(Buffer.compare(runFolder(folder, id)!.files.get(name)!, (await runs.readFile(id, name))!.bytes)).toBe(0);
}

async function mirroring(parts: Parameters<typeof opened>[0] = {}) {
  const folder = new MemoryFolder("backup");
  const values = memory();
  const page = await withSample({ ...parts, mirrorValues: values });
  await page.send({ kind: "open" });
  await page.send({ kind: "mirror", folder });
  return { page, folder, values };
}

test("a run is copied as it is stored: grouped, split and evaluated", async () => {
  const { page, folder } = await mirroring();
  expect(view(page)).toEqual({ kind: "on", folder: "backup", writtenAt: null, failure: null });
  await page.send({ kind: "group", config: exampleConfig });
  const runId = page.runId();
  await works(page);
  await mirrors(page, folder, runId);
  await page.send({ kind: "split", runId });
  await page.send({ kind: "evaluate", runId });
  await mirrors(page, folder, runId);
  expect([...runFolder(folder, runId)!.files.keys()]).toEqual(
    expect.arrayContaining(["plan.json", "finetune.safetensors", "evaluation.json", "group-best.safetensors"]),
  );
  expect(page.of("requestFailed")).toEqual([]);
});

test("runs that are there are copied when the folder is chosen, and nothing else in it is touched", async () => {
  const page = await withSample({ mirrorValues: memory() });
  const folder = new MemoryFolder("backup");
  folder.files.set("letter.txt", new TextEncoder().encode("mine"));
  folder.folders.set("photos", new MemoryFolder("photos"));
  for (let i = 0; i < 2; i++) await page.send({ kind: "group", config: exampleConfig });
  await page.send({ kind: "mirror", folder });
  for (const { id } of await (await openStores(page.database)).runs.list()) await mirrors(page, folder, id);
  expect(new TextDecoder().decode(folder.files.get("letter.txt"))).toBe("mine");
  expect(folder.folders.get("photos")!.files.size).toBe(0);
  expect([...folder.files.keys(), ...folder.folders.keys()]).toHaveLength(4);
});

test("a run that is deleted and freed stays in the folder", async () => {
  const { page, folder } = await mirroring();
  await page.send({ kind: "group", config: exampleConfig });
  const runId = page.runId();
  await mirrors(page, folder, runId);
  await page.send({ kind: "removeRun", runId });
  await page.send({ kind: "freeRun", runId });
  expect(recordIn(folder, runId)).toMatchObject({ id: runId, phase: "grouped" });
});

test("a folder that is slow delays no step, and is written once more when it is through", async () => {
  const { page, folder } = await mirroring();
  let release: () => void = () => undefined;
  folder.faults.slow = new Promise((resolve) => (release = resolve));
  await page.send({ kind: "group", config: exampleConfig });
  expect(page.of("runChanged").at(-1)!.record.phase).toBe("grouped");
  expect(drawn(page.events(), "group")).toEqual(await wholeCurve());
  expect(recordIn(folder, page.runId())).toBeNull();
  release();
  await mirrors(page, folder, page.runId());
});

describe("a copy that fails", () => {
  test.each([
    ["NotFoundError", "it is not there any more", /Put the folder back/],
    ["QuotaExceededError", "it is so", /Free some space on that disk/],
    ["NotAllowedError", "the browser or the system does not allow to write there", /Allow the studio to write there/],
  ])("with %s is told with its cure, training goes on, and the next checkpoint copies all", async (name, reason, cure) => {
    const { page, folder } = await mirroring();
    const group = page.send({ kind: "group", config: exampleConfig });
    await page.until((event) => event.kind === "metricsRecorded");
    await page.send({ kind: "pause" });
    await works(page);
    folder.faults.fault = new DOMException("it is so", name);
    const failed = told(page, ({ failure }) => failure !== null);
    await page.send({ kind: "checkpoint" });
    await failed;
    const failure = (view(page) as On).failure!;
    expect(failure).toMatchObject({ name: "StorageError", message: `mirroring into the folder backup failed: ${reason}` });
    expect(failure.cure).toMatch(cure);
    folder.faults.fault = null;
    await page.send({ kind: "resume", runId: page.runId() });
    await group;
    await works(page);
    await mirrors(page, folder, page.runId());
    expect(page.of("requestFailed")).toEqual([]);
    expect(drawn(page.events(), "group")).toEqual(await wholeCurve());
  });

  test("of one run is tried again when another one is copied", async () => {
    const { page, folder } = await mirroring();
    folder.faults.fault = new DOMException("gone", "NotFoundError");
    await page.send({ kind: "group", config: exampleConfig });
    const first = page.runId();
    await page.until(() => isOn(view(page), ({ failure }) => failure !== null));
    folder.faults.fault = null;
    await page.send({ kind: "group", config: exampleConfig });
    await works(page);
    await mirrors(page, folder, first);
    await mirrors(page, folder, page.runId());
  });

  test("because the run went on in the folder leaves it there", async () => {
    const { page, folder, values } = await mirroring();
    const group = page.send({ kind: "group", config: exampleConfig });
    await page.until((event) => event.kind === "metricsRecorded");
    await page.send({ kind: "stop" });
    await group;
    const runId = page.runId();
    await mirrors(page, folder, runId);
    const further = JSON.stringify({ ...recordIn(folder, runId), phase: "finetuned" });
    runFolder(folder, runId)!.files.set("run.json", new TextEncoder().encode(further));
    const again = await opened({ database: page.database, mirrorValues: values });
    await again.send({ kind: "open" });
    await again.until(() => isOn(view(again), ({ failure }) => failure?.message.includes("further on") === true));
    await again.send({ kind: "resume", runId });
    expect(textIn(folder, runId, "run.json")).toBe(further);
  });
});

describe("at the next visit", () => {
  test("mirroring goes on where the browser still allows it, and copies what was missed", async () => {
    const { page, folder, values } = await mirroring();
    await page.send({ kind: "group", config: exampleConfig });
    const runId = page.runId();
    await mirrors(page, folder, runId);
    const { runs } = await openStores(page.database);
    await runs.put({ ...(await runs.get(runId))!, evaluated: true });
    const again = await opened({ database: page.database, mirrorValues: values });
    await again.send({ kind: "open" });
    expect(view(again)).toMatchObject({ kind: "on", folder: "backup", writtenAt: expect.any(Number) });
    await mirrors(again, folder, runId);
  });

  test("it waits where the browser asks again, and writes nothing until then", async () => {
    const { page, folder, values } = await mirroring();
    folder.faults.permission = "prompt";
    const again = await opened({ database: page.database, mirrorValues: values });
    await again.send({ kind: "open" });
    expect(view(again)).toMatchObject({ kind: "waiting", folder });
    await again.send({ kind: "group", config: exampleConfig });
    expect(folder.folders.size).toBe(0);
    folder.faults.permission = "granted";
    await again.send({ kind: "mirror", folder });
    await mirrors(again, folder, again.runId());
  });
});

test("two tabs never write one file at once", async () => {
  const folder = new MemoryFolder("backup");
  const [locks, mirrorValues] = [new TestLocks(), memory()];
  const page = await withSample({ locks, mirrorValues });
  await page.send({ kind: "group", config: exampleConfig });
  const second = await opened({ locks, mirrorValues, database: page.database });
  folder.faults.slow = new Promise((resolve) => setTimeout(resolve, 50));
  await Promise.all([page, second].map((tab) => tab.send({ kind: "mirror", folder })));
  await mirrors(page, folder, page.runId());
  // The later one may still be at it.
  await new Promise((resolve) => setTimeout(resolve, 500));
  const failures = [page, second]
    .flatMap((tab) => tab.of("mirrorChanged"))
    .filter(({ mirror }) => isOn(mirror, (on) => on.failure !== null));
  expect(failures).toEqual([]);
});

test("permission lost while a run trains waits for the person, and training goes on", async () => {
  const { page, folder } = await mirroring();
  folder.faults.permission = "prompt";
  await page.send({ kind: "group", config: exampleConfig });
  await page.until(() => view(page)?.kind === "waiting");
  expect(page.of("runChanged").at(-1)!.record.phase).toBe("grouped");
});

test("after Stop mirroring nothing more is written, also at the next visit, and the copies stay", async () => {
  const { page, folder, values } = await mirroring();
  await page.send({ kind: "group", config: exampleConfig });
  const first = page.runId();
  await mirrors(page, folder, first);
  await page.send({ kind: "stopMirror" });
  expect(view(page)).toEqual({ kind: "off" });
  const again = await opened({ database: page.database, mirrorValues: values });
  await again.send({ kind: "open" });
  await again.send({ kind: "group", config: exampleConfig });
  expect(view(again)).toEqual({ kind: "off" });
  expect([...folder.folders.keys()]).toEqual([first]);
});

test("another folder gets everything anew", async () => {
  const { page, folder } = await mirroring();
  const group = page.send({ kind: "group", config: exampleConfig });
  await page.until((event) => event.kind === "metricsRecorded");
  const runId = page.runId();
  const other = new MemoryFolder("other");
  await page.send({ kind: "mirror", folder: other });
  await group;
  await mirrors(page, other, runId);
  expect(runFolder(folder, runId)).not.toBe(runFolder(other, runId));
});
