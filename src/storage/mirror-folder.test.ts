import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { MirroredRun, type RunCopy } from "./browser/mirror-folder";
import { openFolder } from "./folder/open";
import { contents, exampleRecord, MemoryFolder, stepMetric } from "./testing";

const disks: string[] = [];
afterAll(() => Promise.all(disks.map((disk) => rm(disk, { recursive: true }))));

/** The folder as one of a disk. */
async function onDisk(folder: MemoryFolder): Promise<string> {
  const disk = await mkdtemp(join(tmpdir(), "splitnet-mirror-"));
  disks.push(disk);
  await put(folder, disk);
  return disk;
}

async function put(folder: MemoryFolder, path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  for (const [name, bytes] of folder.files) await writeFile(join(path, name), bytes);
  for (const [name, inner] of folder.folders) await put(inner, join(path, name));
}

const bytes = (...values: number[]) => Uint8Array.from(values);
const record = { ...exampleRecord("a"), checkpointStep: 2 };
const copy = (changes: Partial<RunCopy> = {}): RunCopy => ({
  record,
  files: new Map([["group.safetensors", bytes(3, 5)]]),
  metrics: { kind: "all", metrics: [stepMetric("group", 0), stepMetric("group", 1)] },
  ...changes,
});

describe.each([true, false])("where files can be renamed: %s", (renames) => {
  test("a mirrored run is read by the command line's store, and goes on there", async () => {
    const folder = new MemoryFolder("backup", { renames });
    const mirrored = await MirroredRun.open(folder, "a");
    await mirrored.write(copy());
    const later = { ...record, checkpointStep: 3 };
    await mirrored.write(
      copy({
        record: later,
        files: new Map([["group.safetensors", bytes(7, 11, 13)]]),
        metrics: { kind: "more", metrics: [stepMetric("group", 2)] },
      }),
    );
    const disk = await onDisk(folder);
    const { runs } = openFolder(join(disk, "a"));
    expect(await runs.list()).toEqual([later]);
    expect(await runs.readMetrics("a")).toEqual([0, 1, 2].map((step) => stepMetric("group", step)));
    expect(await runs.readFile("a", "group.safetensors")).toEqual({ bytes: bytes(7, 11, 13), previous: false });
    await writeFile(join(disk, "a", "runs", "a", "group.safetensors"), "damaged");
    expect(await contents(runs.readFile("a", "group.safetensors"))).toEqual(bytes(3, 5));
    await runs.put({ ...later, phase: "grouped" });
    expect(await readFile(join(disk, "a", "runs", "a", "run.json"), "utf8")).toContain("grouped");
  });
});

test("what is there already is not written again", async () => {
  const folder = new MemoryFolder("backup");
  const mirrored = await MirroredRun.open(folder, "a");
  await mirrored.write(copy());
  await mirrored.write(copy());
  expect([...folder.folders.get("a")!.folders.get("runs")!.folders.get("a")!.files.keys()].sort()).toEqual([
    "group.safetensors",
    "group.safetensors.sha256",
    "metrics.ndjson",
    "run.json",
  ]);
  expect([await mirrored.holds(record), await mirrored.holds({ ...record, checkpointStep: 3 })]).toEqual([true, false]);
});

test("another run of that name, and the same run further on, are not ours to replace", async () => {
  const mirrored = await MirroredRun.open(new MemoryFolder("backup"), "a");
  await mirrored.checkOurs(record);
  await mirrored.write(copy());
  await mirrored.checkOurs(record);
  await mirrored.checkOurs({ ...record, phase: "grouped", checkpointStep: 0 });
  for (const other of [
    { ...record, createdAt: 7 },
    { ...record, checkpointStep: 1 },
  ])
    await expect(mirrored.checkOurs(other)).rejects.toMatchObject({ cure: expect.stringContaining("another folder") });
});

test("a write that fails leaves the file as it was, and the next one works", async () => {
  const folder = new MemoryFolder("backup");
  const mirrored = await MirroredRun.open(folder, "a");
  await mirrored.write(copy());
  const file = () => folder.folders.get("a")!.folders.get("runs")!.folders.get("a")!.files.get("run.json")!;
  const before = file();
  folder.faults.slow = Promise.reject(new DOMException("full", "QuotaExceededError"));
  folder.faults.slow.catch(() => undefined);
  await expect(mirrored.write(copy({ files: new Map(), metrics: { kind: "more", metrics: [] } }))).rejects.toThrow("full");
  expect(file()).toEqual(before);
  folder.faults.slow = Promise.resolve();
  await mirrored.write(copy({ record: { ...record, checkpointStep: 9 } }));
  expect(await mirrored.holds({ ...record, checkpointStep: 9 })).toBe(true);
});
