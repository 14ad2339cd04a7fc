import "fake-indexeddb/auto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { metricsOfColumns } from "../model/curve-columns";
import type { Metric } from "../model/run";
import { openDatabase } from "./browser/database";
import { DatabaseArea } from "./browser/database-area";
import { BrowserDatasetStore } from "./browser/dataset";
import { OpfsArea, type OpfsDirectory, type OpfsFile, opfsWorks } from "./browser/opfs-area";
import { BrowserRunStore } from "./browser/runs";
import { parseCurveColumns } from "./curve-columns";
import { openFolder } from "./folder/open";
import type { DatasetStore, RunStore } from "./stores";
import { contents, exampleRecord, stepMetric, validationMetric } from "./testing";

/** The metrics in no order but that of the steps of each stage. */
function byStage(metrics: readonly Metric[]): readonly Metric[] {
  return (["group", "finetune"] as const).flatMap((stage) => metrics.filter((metric) => metric.stage === stage));
}

interface Subject {
  readonly datasets: DatasetStore;
  readonly runs: RunStore;
  /** Overwrites the newest copy of a file with other bytes. */
  damage(id: string, name: string): Promise<void>;
  /** Overwrites a byte of the stored data set. */
  damageData(): Promise<void>;
  /** Metrics of a run that were kept aside. */
  aside(id: string): Promise<readonly unknown[]>;
  /** Makes the record of a run unreadable. */
  damageRecord(id: string): Promise<void>;
}

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

async function folderSubject(): Promise<Subject> {
  const root = await mkdtemp(join(tmpdir(), "splitnet-storage-"));
  folders.push(root);
  const datasets = openFolder(root).datasets;
  return {
    datasets,
    runs: openFolder(root).runs,
    damage: (id, name) => writeFile(join(root, "runs", id, name), "damaged"),
    async damageData() {
      const [data] = (await readdir(join(root, "dataset"))).filter((name) => name.endsWith(".bin"));
      await writeFile(join(root, "dataset", data!), "damaged");
    },
    async aside(id) {
      const text = await readFile(join(root, "runs", id, "superseded.ndjson"), "utf8").catch(() => "");
      return text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));
    },
    damageRecord: (id) => writeFile(join(root, "runs", id, "run.json"), '{"id": '),
  };
}

let databases = 0;

async function browserSubject(kind: "database" | "opfs") {
  const database = await openDatabase(`test-${databases++}`);
  const area = kind === "database" ? new DatabaseArea(database) : new OpfsArea(new MemoryDirectory());
  return {
    database,
    datasets: new BrowserDatasetStore(database),
    runs: new BrowserRunStore(database, area),
    damage: (id: string, name: string) => area.write(id, name, Uint8Array.of(0)),
    async damageData() {
      const key = (await database.getAllKeys("pieces"))[0]!;
      const piece = (await database.get("pieces", key))!;
      piece.bytes[0]! ^= 255;
      await database.put("pieces", piece, key);
    },
    async aside(id: string) {
      const chunks = await database.getAllFromIndex("metrics", "runId", id);
      return chunks
        .filter(({ superseded }) => superseded)
        .flatMap(({ columns }) => metricsOfColumns(parseCurveColumns(columns)!));
    },
    async damageRecord(id: string) {
      await database.put("runs", { id, record: { id, config: {} } });
    },
  };
}

/** OPFS as far as it is used, with its rule that a file with an open access handle cannot be opened again. */
class MemoryDirectory implements OpfsDirectory {
  readonly #folders = new Map<string, MemoryDirectory>();
  readonly #files = new Map<string, Uint8Array<ArrayBuffer>>();
  readonly #locked = new Set<string>();

  async getDirectoryHandle(name: string, options?: { create?: boolean }): Promise<OpfsDirectory> {
    if (!this.#folders.has(name) && options?.create) this.#folders.set(name, new MemoryDirectory());
    return this.#folders.get(name) ?? missing(name);
  }

  async getFileHandle(name: string, options?: { create?: boolean }): Promise<OpfsFile> {
    if (!this.#files.has(name) && options?.create) this.#files.set(name, new Uint8Array());
    if (!this.#files.has(name)) missing(name);
    return {
      getFile: async () => new Blob([this.#files.get(name) ?? missing(name)]),
      createSyncAccessHandle: async () => this.#access(name),
      move: async (to) => {
        this.#files.set(to, this.#files.get(name) ?? missing(name));
        this.#files.delete(name);
      },
    };
  }

  async *keys(): AsyncGenerator<string> {
    yield* [...this.#folders.keys(), ...this.#files.keys()];
  }

  async removeEntry(name: string): Promise<void> {
    if (!this.#files.delete(name) && !this.#folders.delete(name)) missing(name);
  }

  #access(name: string) {
    if (this.#locked.has(name)) throw new DOMException("locked", "NoModificationAllowedError");
    this.#locked.add(name);
    return {
      truncate: (size: number) => void this.#files.set(name, (this.#files.get(name) ?? missing(name)).slice(0, size)),
      write: (bytes: Uint8Array<ArrayBuffer>) => {
        this.#files.set(name, bytes.slice());
        return bytes.length;
      },
      flush: () => undefined,
      close: () => void this.#locked.delete(name),
    };
  }
}

function missing(name: string): never {
  throw new DOMException(`no ${name}`, "NotFoundError");
}

const SUBJECTS: readonly [string, () => Promise<Subject>][] = [
  ["folder", folderSubject],
  ["IndexedDB", () => browserSubject("database")],
  ["IndexedDB with OPFS", () => browserSubject("opfs")],
];

const bytes = (...values: number[]) => Uint8Array.from(values);

describe.each(SUBJECTS)("runs in %s", (_name, subject) => {
  test("a record comes back as it was put, replaced whole, newest first in the list", async () => {
    const { runs } = await subject();
    await runs.put(exampleRecord("older", 1));
    await runs.put(exampleRecord("newer", 2));
    await runs.put({ ...exampleRecord("older", 1), phase: "grouped", checkpointStep: 500 });
    expect(await runs.get("older")).toEqual({ ...exampleRecord("older", 1), phase: "grouped", checkpointStep: 500 });
    expect((await runs.list()).map((record) => record.id)).toEqual(["newer", "older"]);
    expect(await runs.get("unknown")).toBeNull();
    expect([await runs.isTaken("older"), await runs.isTaken("unknown")]).toEqual([true, false]);
  });

  test("a record that cannot be read is an error of its own and hides no other", async () => {
    const { runs, damageRecord } = await subject();
    await runs.put(exampleRecord("good"));
    await runs.put(exampleRecord("bad"));
    await damageRecord("bad");
    await expect(runs.get("bad")).rejects.toMatchObject({ name: "StorageError" });
    expect((await runs.list()).map((record) => record.id)).toEqual(["good"]);
  });

  test("removing a run removes record, metrics and files, and nothing of another run", async () => {
    const { runs } = await subject();
    for (const id of ["a", "ab"]) {
      await runs.put(exampleRecord(id));
      await runs.appendMetrics(id, [stepMetric("group", 0)]);
      await runs.writeFile(id, "group.safetensors", bytes(3, 5));
    }
    await runs.remove("a");
    expect([await runs.get("a"), await runs.readMetrics("a"), await contents(runs.readFile("a", "group.safetensors"))]).toEqual([
      null,
      [],
      null,
    ]);
    expect(await runs.get("ab")).not.toBeNull();
    expect(await runs.readMetrics("ab")).toHaveLength(1);
    expect(await contents(runs.readFile("ab", "group.safetensors"))).toEqual(bytes(3, 5));
  });

  test("damage of the newest file gives the previous copy", async () => {
    const { runs, damage } = await subject();
    await runs.writeFile("r", "group.safetensors", bytes(1, 2, 3));
    expect(await runs.readPrevious("r", "group.safetensors")).toBeNull();
    await runs.writeFile("r", "group.safetensors", bytes(4, 5));
    expect(await contents(runs.readFile("r", "group.safetensors"))).toEqual(bytes(4, 5));
    expect(await runs.readPrevious("r", "group.safetensors")).toEqual(bytes(1, 2, 3));
    await damage("r", "group.safetensors");
    expect(await contents(runs.readFile("r", "group.safetensors"))).toEqual(bytes(1, 2, 3));
    await damage("r", "group.safetensors.prev");
    expect(await runs.readPrevious("r", "group.safetensors")).toBeNull();
    expect(await contents(runs.readFile("r", "group.safetensors"))).toBeNull();
  });

  test("an empty file and a file of several megabytes come back equal", async () => {
    const { runs } = await subject();
    const large = Uint8Array.from({ length: 5_000_011 }, (_, i) => (i * 31) % 251);
    await runs.writeFile("r", "large.bin", large);
    await runs.writeFile("r", "empty.bin", bytes());
    expect(Buffer.compare((await contents(runs.readFile("r", "large.bin")))!, large)).toBe(0);
    expect(await contents(runs.readFile("r", "empty.bin"))).toHaveLength(0);
  });

  test("the files of a run are measured with all their copies, those of other runs are not", async () => {
    const { runs, datasets } = await subject();
    expect(await runs.byteLength("r")).toBe(0);
    await runs.writeFile("r", "a.bin", bytes(1, 2, 3));
    const once = await runs.byteLength("r");
    expect(once).toBeGreaterThanOrEqual(3);
    await runs.writeFile("r2", "a.bin", new Uint8Array(1000));
    await runs.writeFile("r", "a.bin", new Uint8Array(100));
    const hash = 64;
    expect(await runs.byteLength("r")).toBe(3 + 100 + 2 * hash);
    await runs.remove("r");
    expect(await runs.byteLength("r")).toBe(0);
    expect(await datasets.byteLength()).toBe(0);
    await datasets.write({}, new Uint8Array(77));
    expect(await datasets.byteLength()).toBe(77);
  });

  test("rewinding drops later steps and validations of that stage only", async () => {
    const { runs, aside } = await subject();
    await runs.appendMetrics(
      "r",
      [0, 1, 2].map((step) => stepMetric("group", step)),
    );
    await runs.appendMetrics("r", [validationMetric("group", 2), validationMetric("group", 3)]);
    await runs.appendMetrics("r", [stepMetric("group", 3), stepMetric("finetune", 3)]);
    const takenBack = [validationMetric("group", 3), stepMetric("group", 2), stepMetric("group", 3)];
    const superseded = await runs.rewindMetrics("r", "group", 2);
    expect(superseded).toHaveLength(takenBack.length);
    expect(superseded).toEqual(expect.arrayContaining(takenBack));
    const kept = [stepMetric("group", 0), stepMetric("group", 1), validationMetric("group", 2), stepMetric("finetune", 3)];
    expect(await runs.readMetrics("r")).toEqual(kept);
    await runs.appendMetrics("r", [stepMetric("group", 2)]);
    expect(byStage(await runs.readMetrics("r"))).toEqual(byStage([...kept, stepMetric("group", 2)]));
    expect(await runs.rewindMetrics("r", "group", 2)).toEqual([stepMetric("group", 2)]);
    expect(await aside("r")).toEqual([...superseded, stepMetric("group", 2)]);
    await runs.remove("r");
    expect(await aside("r")).toEqual([]);
  });

  test.each(["", "..", "../x", "a/b", "a\\b", "/etc", "A", "a.b", "-a", "a\0", "x".repeat(101)])(
    "run id %j is refused",
    async (id) => {
      const { runs } = await subject();
      const attempts = [
        runs.get(id),
        runs.put(exampleRecord(id)),
        runs.remove(id),
        runs.writeFile(id, "f", bytes(1)),
        runs.readMetrics(id),
      ];
      for (const attempt of await Promise.allSettled(attempts)) {
        expect(attempt).toMatchObject({ status: "rejected", reason: { name: "StorageError" } });
      }
    },
  );

  test.each(["", ".", "..", "../f", "a/b", "a..b", ".hidden", "f.prev", "f.tmp", "f.sha256", "run.json", "metrics.ndjson", "f."])(
    "file name %j is refused",
    async (name) => {
      const { runs } = await subject();
      await expect(runs.writeFile("r", name, bytes(1))).rejects.toMatchObject({ name: "StorageError" });
      await expect(runs.readFile("r", name)).rejects.toMatchObject({ name: "StorageError" });
    },
  );
});

describe.each(SUBJECTS)("the data set in %s", (_name, subject) => {
  test("is absent, then there, then replaced, then gone", async () => {
    const { datasets } = await subject();
    expect(await datasets.summary()).toBeNull();
    await expect(datasets.read()).rejects.toMatchObject({ name: "StorageError" });
    const first = Uint8Array.from({ length: 9_000_001 }, (_, i) => (i * 7) % 256);
    await datasets.write({ id: "one" }, first);
    expect(await datasets.summary()).toEqual({ id: "one" });
    expect(Buffer.compare(await datasets.read(), first)).toBe(0);
    await datasets.write({ id: "two" }, bytes(9, 8, 7));
    expect(await datasets.summary()).toEqual({ id: "two" });
    expect(await datasets.read()).toEqual(bytes(9, 8, 7));
    await datasets.remove();
    expect(await datasets.summary()).toBeNull();
  });

  test("damage is an error that says to import again", async () => {
    const { datasets, damageData } = await subject();
    await datasets.write({ id: "one" }, bytes(3, 5, 7, 11));
    await damageData();
    await expect(datasets.read()).rejects.toMatchObject({ name: "StorageError", cure: "Import the archive again." });
  });
});

describe.each(["database", "opfs"] as const)("what is removed in a browser with its files in %s", (kind) => {
  test("a run is out of sight, stored and its id taken, until it is taken back as it was", async () => {
    const { runs } = await browserSubject(kind);
    for (const id of ["a", "b", "c"]) {
      await runs.put(exampleRecord(id));
      await runs.appendMetrics(id, [stepMetric("group", 0)]);
      await runs.writeFile(id, "group.safetensors", bytes(3, 5));
    }
    for (const [id, time] of [
      ["a", 10],
      ["b", 20],
    ] as const)
      await runs.markRemoved(id, time);
    expect((await runs.list()).map(({ id }) => id)).toEqual(["c"]);
    expect([await runs.get("a"), await runs.isTaken("a"), await runs.isTaken("d")]).toEqual([null, true, false]);
    expect(await runs.removed()).toEqual([
      { id: "b", removedAt: 20, record: exampleRecord("b") },
      { id: "a", removedAt: 10, record: exampleRecord("a") },
    ]);
    expect(await runs.byteLength("a")).toBeGreaterThan(0);
    await runs.restore("a");
    expect((await runs.removed()).map(({ id }) => id)).toEqual(["b"]);
    expect(await runs.get("a")).toEqual(exampleRecord("a"));
    expect(await runs.readMetrics("a")).toHaveLength(1);
    expect(await contents(runs.readFile("a", "group.safetensors"))).toEqual(bytes(3, 5));
    await runs.remove("b");
    expect([await runs.removed(), await runs.isTaken("b"), await runs.byteLength("b")]).toEqual([[], false, 0]);
  });

  test("a run whose record is damaged can be removed and freed", async () => {
    const { runs, damageRecord } = await browserSubject(kind);
    await runs.put(exampleRecord("bad"));
    await damageRecord("bad");
    expect(await runs.isTaken("bad")).toBe(true);
    await runs.markRemoved("bad", 10);
    expect(await runs.removed()).toEqual([{ id: "bad", removedAt: 10, record: null }]);
    await runs.remove("bad");
    expect(await runs.isTaken("bad")).toBe(false);
  });

  test("what a run came to is kept until its record is stored anew, and only while it is of that record", async () => {
    const { runs } = await browserSubject(kind);
    const [first, later] = [exampleRecord("a"), { ...exampleRecord("a"), checkpointStep: 5 }];
    await runs.put(first);
    await runs.put(exampleRecord("b"));
    await runs.keepSummary(first, { top1: 0.5 });
    expect([...(await runs.summaries())]).toEqual([["a", { top1: 0.5 }]]);
    expect(await runs.get("a")).toEqual(first);
    await runs.put(later);
    expect([...(await runs.summaries())]).toEqual([]);
    await runs.keepSummary(first, { top1: 0.5 });
    await runs.keepSummary(exampleRecord("c"), {});
    expect([...(await runs.summaries())]).toEqual([]);
    expect(await runs.isTaken("c")).toBe(false);
    await runs.keepSummary(later, { top1: 0.6 });
    await runs.markRemoved("a", 10);
    await runs.keepSummary(later, { top1: 0.6 });
    expect([...(await runs.summaries())]).toEqual([]);
    expect((await runs.removed()).map(({ id }) => id)).toEqual(["a"]);
  });

  test("marking a run or a data set that is not there makes none", async () => {
    const { runs, datasets } = await browserSubject(kind);
    await runs.markRemoved("a", 10);
    await datasets.markRemoved(10);
    expect([await runs.removed(), await runs.isTaken("a"), await datasets.removed()]).toEqual([[], false, null]);
  });

  test("the data set reads as none until it is taken back", async () => {
    const { datasets } = await browserSubject(kind);
    await datasets.write({ id: "one" }, bytes(1, 2, 3));
    await datasets.markRemoved(10);
    expect([await datasets.summary(), await datasets.byteLength()]).toEqual([null, 0]);
    await expect(datasets.read()).rejects.toMatchObject({ name: "StorageError" });
    expect(await datasets.removed()).toEqual({ summary: { id: "one" }, removedAt: 10, byteLength: 3 });
    await datasets.restore();
    expect(await datasets.removed()).toBeNull();
    expect(await datasets.read()).toEqual(bytes(1, 2, 3));
  });

  test("a new data set first frees the removed one, whose room it may need", async () => {
    const { datasets, database } = await browserSubject(kind);
    await datasets.write({ id: "one" }, bytes(1, 2, 3));
    await datasets.markRemoved(10);
    const put = database.put.bind(database);
    const pieces: number[] = [];
    vi.spyOn(database, "put").mockImplementation(async (...request) => {
      pieces.push(await database.count("pieces"));
      return put(...request);
    });
    await datasets.write({ id: "two" }, bytes(9));
    expect(pieces[0]).toBe(0);
    expect([await datasets.removed(), await datasets.summary()]).toEqual([null, { id: "two" }]);
  });
});

test("what was stored before anything could be taken back is read as not removed", async () => {
  const { database, runs, datasets } = await browserSubject("database");
  await database.put("runs", { id: "old", record: exampleRecord("old") });
  await database.put("manifest", { summary: { id: "one" }, generation: "g", byteLength: 0 }, "dataset");
  expect((await runs.list()).map(({ id }) => id)).toEqual(["old"]);
  expect([await runs.removed(), await datasets.removed(), await datasets.summary()]).toEqual([[], null, { id: "one" }]);
});

test("a full disk while a data set is replaced keeps the old one and names the cure", async () => {
  const database = await openDatabase(`test-${databases++}`);
  const datasets = new BrowserDatasetStore(database);
  await datasets.write({ id: "one" }, bytes(1, 2, 3));
  let puts = 0;
  const put = database.put.bind(database);
  vi.spyOn(database, "put").mockImplementation((...request) => {
    if (++puts === 2) throw new DOMException("full", "QuotaExceededError");
    return put(...request);
  });
  const write = new BrowserDatasetStore(database).write({ id: "two" }, new Uint8Array(9_000_000));
  await expect(write).rejects.toMatchObject({ name: "StorageError", cure: expect.stringContaining("disk space") });
  expect(await datasets.summary()).toEqual({ id: "one" });
  expect(await datasets.read()).toEqual(bytes(1, 2, 3));
  expect(await database.getAllKeys("pieces")).toHaveLength(1);
});

test("metrics after a line that a kill tore are all read", async () => {
  const root = await mkdtemp(join(tmpdir(), "splitnet-storage-"));
  folders.push(root);
  const { runs } = openFolder(root);
  await runs.appendMetrics("r", [stepMetric("group", 0)]);
  await writeFile(join(root, "runs", "r", "metrics.ndjson"), '{"kind":"step","st', { flag: "a" });
  await runs.appendMetrics("r", [stepMetric("group", 1)]);
  expect(await runs.readMetrics("r")).toEqual([stepMetric("group", 0), stepMetric("group", 1)]);
});

test("OPFS that offers its interface but refuses to open files is found out", async () => {
  expect(await opfsWorks(new MemoryDirectory())).toBe(true);
  const refusing = new MemoryDirectory();
  refusing.getDirectoryHandle = () => Promise.reject(new DOMException("private window", "SecurityError"));
  expect(await opfsWorks(refusing)).toBe(false);
});

describe("metrics in IndexedDB", () => {
  const steps = (count: number, from = 0) => Array.from({ length: count }, (_, index) => stepMetric("group", from + index));

  test("what comes in drops is kept in few chunks, each appended to until it is long enough", async () => {
    const { runs, database } = await browserSubject("database");
    for (let from = 0; from < 5000; from += 50) await runs.appendMetrics("r", steps(50, from));
    expect(await database.count("metrics")).toBe(2);
    expect(await runs.readMetrics("r")).toEqual(steps(5000));
    expect((await runs.readCurves("r")).group.steps.step).toEqual(Float64Array.from({ length: 5000 }, (_, step) => step));
  });

  test("metrics of the first versions, kept one by one, are read, and appended to", async () => {
    const { runs, database } = await browserSubject("database");
    await database.add("metrics", { runId: "r", metrics: [...steps(3), { kind: "nonsense" }, validationMetric("group", 3)] });
    await runs.appendMetrics("r", steps(2, 3));
    expect(await runs.readMetrics("r")).toEqual([...steps(3), validationMetric("group", 3), ...steps(2, 3)]);
  });

  test("a chunk that is none is passed over, and so is a point that is not a number", async () => {
    const { runs, database } = await browserSubject("database");
    await runs.appendMetrics("r", steps(3));
    const [key] = await database.getAllKeys("metrics");
    const chunk = (await database.get("metrics", key!))!;
    const columns = parseCurveColumns(chunk.columns)!;
    columns.group.steps.total[1] = Number.NaN;
    await database.put("metrics", { ...chunk, columns });
    await database.add("metrics", { runId: "r", columns: { ...columns, finetune: { steps: [], validations: {} } } });
    expect((await runs.readMetrics("r")).map(({ step }) => step)).toEqual([0, 2]);
  });
});
