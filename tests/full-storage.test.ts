import { IDBFactory, IDBObjectStore } from "fake-indexeddb";
import "fake-indexeddb/auto";
import { expect, test } from "vitest";
import { binaryArchive } from "../src/data/write-archive";
import { HISTORY_FILE } from "../src/engine/assignment-history";
import { bestCheckpointName, checkpointName } from "../src/engine/checkpoint";
import { DESCRIPTION_FILE } from "../src/engine/description-file";
import { EVALUATION_FILE } from "../src/engine/evaluation-file";
import { PLAN_FILE } from "../src/engine/plan-file";
import { exampleConfig, exampleDataset } from "../src/engine/testing";
import type { Command } from "../src/protocol/commands";
import type { EngineEvent } from "../src/protocol/events";
import { openDatabase } from "../src/storage/browser/database";
import { DatabaseArea } from "../src/storage/browser/database-area";
import { BrowserDatasetStore } from "../src/storage/browser/dataset";
import { BrowserRunStore } from "../src/storage/browser/runs";
import { sha256 } from "../src/storage/sha256";
import type { PageStores } from "../src/storage/stores";
import { contents } from "../src/storage/testing";
import { opened } from "./support/studio";

/**
 * A whole job in the page's storage, refused by a full disk at each of its writes in turn: nothing stored changes, the page is told, and
 * the job ends as one that always had room.
 */

/** A disk that takes no more from a chosen write on. */
class Disk {
  writes = 0;
  fullFrom = Number.POSITIVE_INFINITY;
  /** Whether only that one write is refused, as when another program frees room at once. */
  forAMoment = false;
  /** Whether the write seems to be taken, and its transaction is refused when it ends. */
  atTheEnd = false;

  /** Counts a write; says whether it is refused. */
  refuses(): boolean {
    const write = this.writes++;
    if (write < this.fullFrom) return false;
    if (this.forAMoment) this.free();
    return true;
  }

  free(): void {
    this.fullFrom = Number.POSITIVE_INFINITY;
  }
}

/** Fails a request, which undoes its whole transaction. */
function refuse(): never {
  throw new DOMException("the quota is used up", "QuotaExceededError");
}

/** How the stand-in for IndexedDB does a request and undoes a transaction; its public types do not tell. */
interface Transaction extends IDBTransaction {
  _execRequestAsync(request: { readonly source: IDBObjectStore; readonly operation: () => unknown }): IDBRequest<IDBValidKey>;
  _abort(reason: string): void;
}

let disk = new Disk();
for (const name of ["put", "add"] as const) {
  const write = IDBObjectStore.prototype[name];
  IDBObjectStore.prototype[name] = function (this: IDBObjectStore, ...given: Parameters<typeof write>) {
    if (!disk.refuses()) return write.apply(this, given);
    const transaction = this.transaction as Transaction;
    if (!disk.atTheEnd) return transaction._execRequestAsync({ source: this, operation: refuse });
    const request = write.apply(this, given);
    request.addEventListener("success", () => transaction._abort("QuotaExceededError"));
    return request;
  };
}

async function browserStores(): Promise<PageStores> {
  globalThis.indexedDB = new IDBFactory();
  const database = await openDatabase("full-storage");
  const runs = new BrowserRunStore(database, new DatabaseArea(database));
  return { datasets: new BrowserDatasetStore(database), runs, filesIn: "IndexedDB" };
}

const archive = Uint8Array.from(await binaryArchive(exampleDataset));

const FILES = [
  HISTORY_FILE,
  ...[bestCheckpointName("group"), checkpointName("group"), PLAN_FILE],
  ...[bestCheckpointName("finetune"), checkpointName("finetune"), EVALUATION_FILE, DESCRIPTION_FILE],
];

/** Everything that can be read. */
async function readable({ datasets, runs }: PageStores) {
  const records = await runs.list();
  const hashOf = async (bytes: Uint8Array | null) => bytes && sha256(bytes);
  const files = (id: string) => Promise.all(FILES.map(async (name) => hashOf(await contents(runs.readFile(id, name)))));
  return {
    dataset: (await datasets.summary()) === null ? null : await hashOf(await datasets.read()),
    runs: await Promise.all(
      records.map(async (record) => ({ record, files: await files(record.id), metrics: await runs.readMetrics(record.id) })),
    ),
  };
}

/** What a job leaves, but for what tells when it was done. */
async function outcome(stores: PageStores) {
  const { dataset, runs } = await readable(stores);
  return {
    dataset,
    runs: runs.map(({ record, files, metrics }) => ({
      record: { ...record, id: "", createdAt: 0, resumes: [] },
      files,
      metrics: metrics.map((metric) => ({ ...metric, time: 0 })),
    })),
  };
}

const WRITES = new Set(["write", "put", "writeFile", "appendMetrics", "rewindMetrics"]);

/** The stores, one write at a time; a refused one is looked at before anybody hears of it. */
function watched(stores: PageStores): PageStores & { readonly refusals: string[] } {
  const refusals: string[] = [];
  let turn: Promise<unknown> = Promise.resolve();
  const watch = <Store extends object>(store: Store): Store =>
    new Proxy(store, {
      get(target, name: keyof Store & string) {
        const method = (target[name] as (...given: unknown[]) => Promise<unknown>).bind(target);
        if (!WRITES.has(name)) return method;
        return (...given: unknown[]) => {
          const written = turn.then(async () => {
            const before = disk.fullFrom === Number.POSITIVE_INFINITY ? null : await readable(stores);
            try {
              return await method(...given);
            } catch (error) {
              refusals.push(name);
              expect(await readable(stores)).toEqual(before);
              throw error;
            }
          });
          turn = written.catch(() => undefined);
          return written;
        };
      },
    });
  return { ...stores, datasets: watch(stores.datasets), runs: watch(stores.runs), refusals };
}

/** What a person would press next, null when all is done. */
async function nextCommand({ datasets, runs }: PageStores): Promise<Command | null> {
  if ((await datasets.summary()) === null) return { kind: "importData", files: [new Blob([archive])], names: ["sample.tar.gz"] };
  const [run] = await runs.list();
  if (run === undefined) return { kind: "group", config: exampleConfig };
  if (run.phase === "grouped") return { kind: "split", runId: run.id };
  if (run.phase !== "finetuned") return { kind: "resume", runId: run.id };
  if (!run.evaluated) return { kind: "evaluate", runId: run.id };
  const described = (await runs.readFile(run.id, DESCRIPTION_FILE)) !== null;
  return described ? null : { kind: "describeRun", runId: run.id, name: "first", notes: "" };
}

const isTold = (event: EngineEvent): boolean =>
  (event.kind === "runTroubled" && event.trouble.kind === "unsaved") ||
  (event.kind === "requestFailed" && event.error.name === "StorageError" && /remove old runs/.test(event.error.cure));

/** Does the whole job; frees the disk when the page has told of it and, where a run trains, training has gone on. */
async function job(stores: PageStores): Promise<readonly EngineEvent[]> {
  let stepsSinceTold = -1;
  const page = await opened({
    openStores: async () => stores,
    onEvent(event) {
      if (isTold(event)) stepsSinceTold = Math.max(stepsSinceTold, 0);
      if (event.kind === "requestFailed") disk.free();
      if (event.kind === "metricsRecorded" && stepsSinceTold >= 0 && ++stepsSinceTold > 2) disk.free();
      if (event.kind === "activityChanged" && event.activity.kind === "paused") {
        disk.free();
        void page.send({ kind: "resume", runId: event.activity.runId });
      }
    },
  });
  for (let presses = 0; presses < 20; presses++) {
    const command = await nextCommand(stores);
    if (command === null) return page.events();
    await page.send(command);
  }
  throw new Error("the job was not done after twenty presses");
}

/** The same job with room, and how many writes it takes. */
let withRoom: Promise<{ readonly writes: number; readonly outcome: Awaited<ReturnType<typeof outcome>> }> | undefined;
function jobWithRoom() {
  withRoom ??= (async () => {
    disk = new Disk();
    const stores = await browserStores();
    const events = await job(stores);
    expect(events.filter(({ kind }) => kind === "requestFailed" || kind === "runTroubled")).toEqual([]);
    return { writes: disk.writes, outcome: await outcome(stores) };
  })();
  return withRoom;
}

test.each([
  ["until a person makes room", { forAMoment: false, atTheEnd: false }],
  ["for a moment, and says so late", { forAMoment: true, atTheEnd: true }],
])(
  "a disk that is full %s, from each write of a job on",
  async (_, how) => {
    const { writes, outcome: expected } = await jobWithRoom();
    const refused = new Set<string>();
    for (let write = 0; write < writes; write++) {
      disk = Object.assign(new Disk(), how, { fullFrom: write });
      const stores = await browserStores();
      const { refusals, ...watchedStores } = watched(stores);
      const events = await job(watchedStores);
      expect.soft(refusals.length, `write ${write} was refused`).toBeGreaterThan(0);
      expect.soft(events.some(isTold), `the refusal of write ${write} was told`).toBe(true);
      expect
        .soft(events.filter(({ kind }) => kind === "evaluated").length, `evaluations seen after write ${write}`)
        .toBeGreaterThan(0);
      expect.soft(await outcome(stores), `what the job left after write ${write} was refused`).toEqual(expected);
      for (const name of refusals) refused.add(name);
    }
    expect([...refused].sort()).toEqual([...WRITES].sort());
  },
  10 * 60_000,
);

test("a disk that is full from each write of loading a saved run on", async () => {
  disk = new Disk();
  const stores = await browserStores();
  await job(stores);
  const page = await opened({ openStores: async () => stores });
  const runId = (await stores.runs.list())[0]!.id;
  await page.send({ kind: "saveRun", runId });
  const { file } = page.of("runSaved")[0]!;
  const before = await readable(stores);
  disk.writes = 0;
  await page.send({ kind: "loadRun", files: [file], names: ["run.zip"], runId: null, config: null });
  const { writes } = disk;
  await page.send({ kind: "removeRun", runId: page.runId() });
  for (let write = 0; write < writes; write++) {
    disk = Object.assign(new Disk(), { fullFrom: write });
    await page.send({ kind: "loadRun", files: [file], names: ["run.zip"], runId: null, config: null });
    expect(page.of("requestFailed")).toHaveLength(write + 1);
    expect(isTold(page.events().at(-1)!)).toBe(true);
    expect(await readable(stores)).toEqual(before);
  }
  disk.free();
  await page.send({ kind: "loadRun", files: [file], names: ["run.zip"], runId: null, config: null });
  expect(await stores.runs.list()).toHaveLength(2);
});
