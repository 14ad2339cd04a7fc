import { type CurveColumns, columnsLength, curveColumns, joinColumns, metricsOfColumns } from "../../model/curve-columns";
import type { Metric, RunRecord, TrainingStage } from "../../model/run";
import type { ByteArea } from "../byte-area";
import { parseCurveColumns } from "../curve-columns";
import { guarded } from "../failure";
import { checkFileName, checkRunId } from "../names";
import { parseMetric, parseRunRecord, rewound, storedRecord } from "../run-record";
import type { RemovedRun, RunBin, RunStore, RunSummaries, StoredFile } from "../stores";
import { VerifiedFiles } from "../verified-files";
import { type StudioDatabase, type StudioSchema, wholly } from "./database";

/** Some 400 kB: little to write anew every few seconds, and 80 of them are a run of 320,000 steps. */
const CHUNK_METRICS = 4096;

/** Records and metrics in IndexedDB, files in an area of the browser. */
export class BrowserRunStore implements RunStore, RunBin, RunSummaries {
  readonly #database: StudioDatabase;
  readonly #files: VerifiedFiles;

  constructor(database: StudioDatabase, area: ByteArea) {
    this.#database = database;
    this.#files = new VerifiedFiles(area);
  }

  /** Newest first. A record that cannot be read is left out: it must not hide the others. */
  list(): Promise<readonly RunRecord[]> {
    return guarded("listing runs", async () => {
      const ids = await this.#database.getAllKeys("runs");
      const records = await Promise.all(ids.map((id) => this.get(id).catch(() => null)));
      return records.filter((record) => record !== null).sort((a, b) => b.createdAt - a.createdAt);
    });
  }

  get(id: string): Promise<RunRecord | null> {
    return guarded(`reading run ${id}`, async () => {
      const stored = await this.#database.get("runs", checkRunId(id));
      return stored === undefined || isRemoved(stored) ? null : parseRunRecord(stored.record, `run ${id}`);
    });
  }

  isTaken(id: string): Promise<boolean> {
    return guarded(`looking for run ${id}`, async () => (await this.#database.getKey("runs", checkRunId(id))) !== undefined);
  }

  removed(): Promise<readonly RemovedRun[]> {
    return guarded("listing removed runs", async () =>
      (await this.#database.getAll("runs"))
        .filter(isRemoved)
        .map(({ id, removedAt, record }) => ({ id, removedAt, record: readable(record, id) }))
        .sort((a, b) => b.removedAt - a.removedAt),
    );
  }

  markRemoved(id: string, removedAt: number): Promise<void> {
    return guarded(`removing run ${id}`, () => this.#mark(id, { removedAt }));
  }

  restore(id: string): Promise<void> {
    return guarded(`taking run ${id} back`, () => this.#mark(id, {}));
  }

  put(record: RunRecord): Promise<void> {
    return guarded(`writing run ${record.id}`, async () => {
      await this.#database.put("runs", { id: checkRunId(record.id), record: storedRecord(record) });
    });
  }

  remove(id: string): Promise<void> {
    return guarded(`removing run ${id}`, async () => {
      const transaction = this.#database.transaction(["runs", "metrics"], "readwrite");
      await wholly(transaction, async () => {
        await transaction.objectStore("runs").delete(checkRunId(id));
        const metrics = transaction.objectStore("metrics");
        for (const key of await metrics.index("runId").getAllKeys(id)) await metrics.delete(key);
      });
      await this.#files.removeFolder(id);
    });
  }

  writeFile(id: string, name: string, bytes: Uint8Array): Promise<void> {
    return guarded(`writing ${name} of run ${id}`, () => this.#files.write(checkRunId(id), checkFileName(name), bytes));
  }

  readFile(id: string, name: string): Promise<StoredFile | null> {
    return guarded(`reading ${name} of run ${id}`, () => this.#files.read(checkRunId(id), checkFileName(name)));
  }

  readPrevious(id: string, name: string): Promise<Uint8Array | null> {
    return guarded(`reading ${name} of run ${id}`, () => this.#files.readPrevious(checkRunId(id), checkFileName(name)));
  }

  byteLength(id: string): Promise<number> {
    return guarded(`measuring run ${id}`, () => this.#files.byteLength(checkRunId(id)));
  }

  /** Metrics come every few seconds for days: they are joined to the run's last chunk until it is long enough to be read at once. */
  appendMetrics(id: string, metrics: readonly Metric[]): Promise<void> {
    return guarded(`writing metrics of run ${id}`, async () => {
      const transaction = this.#database.transaction("metrics", "readwrite");
      await wholly(transaction, async () => {
        const last = await transaction.store.index("runId").openCursor(checkRunId(id), "prev");
        const more = curveColumns(metrics);
        const before = last === null || !isCurrent(last.value) ? null : parseCurveColumns(last.value.columns);
        if (before === null || columnsLength(before) >= CHUNK_METRICS) await transaction.store.add({ runId: id, columns: more });
        else await transaction.store.put({ ...last!.value, columns: joinColumns([before, more]) });
      });
    });
  }

  async readMetrics(id: string): Promise<readonly Metric[]> {
    return metricsOfColumns(await this.readCurves(id));
  }

  readCurves(id: string): Promise<CurveColumns> {
    return guarded(`reading metrics of run ${id}`, async () => {
      const chunks = await this.#database.getAllFromIndex("metrics", "runId", checkRunId(id));
      return joinColumns(chunks.filter(isCurrent).map(columnsOfChunk));
    });
  }

  /** In one transaction: the kept metrics become one chunk. */
  rewindMetrics(id: string, stage: TrainingStage, step: number): Promise<readonly Metric[]> {
    return guarded(`rewinding metrics of run ${id}`, async () => {
      const { kept, superseded } = rewound(await this.readMetrics(id), stage, step);
      const transaction = this.#database.transaction("metrics", "readwrite");
      await wholly(transaction, async () => {
        for (const chunk of await transaction.store.index("runId").getAll(id))
          if (isCurrent(chunk)) await transaction.store.delete(chunk.sequence!);
        await transaction.store.add({ runId: id, columns: curveColumns(kept) });
        if (superseded.length > 0) {
          await transaction.store.add({ runId: id, columns: curveColumns(superseded), superseded: true });
        }
      });
      return superseded;
    });
  }

  summaries(): Promise<ReadonlyMap<string, unknown>> {
    return guarded("reading summaries of runs", async () => {
      const stored = await this.#database.getAll("runs");
      return new Map(stored.flatMap(({ id, summary }) => (summary === undefined ? [] : [[id, summary]])));
    });
  }

  /** In one transaction: the record that it is of may be replaced at any time. */
  keepSummary(record: RunRecord, summary: unknown): Promise<void> {
    return guarded(`writing the summary of run ${record.id}`, async () => {
      const transaction = this.#database.transaction("runs", "readwrite");
      await wholly(transaction, async () => {
        const stored = await transaction.store.get(checkRunId(record.id));
        if (stored === undefined || isRemoved(stored)) return;
        const isOf = [stored.record, storedRecord(record)].map((one) => JSON.stringify(readable(one, record.id)));
        if (isOf[0] === isOf[1]) await transaction.store.put({ ...stored, summary });
      });
    });
  }

  /** Nothing happens to a run that is not there. */
  async #mark(id: string, mark: { readonly removedAt?: number }): Promise<void> {
    const transaction = this.#database.transaction("runs", "readwrite");
    await wholly(transaction, async () => {
      const stored = await transaction.store.get(checkRunId(id));
      if (stored !== undefined) await transaction.store.put({ id: stored.id, record: stored.record, ...mark });
    });
  }
}

type Chunk = StudioSchema["metrics"]["value"];

/** What of a chunk can be read. */
function columnsOfChunk({ columns, metrics = [] }: Chunk): CurveColumns {
  return parseCurveColumns(columns) ?? curveColumns(metrics.flatMap((metric) => parseMetric(metric) ?? []));
}

type StoredRun = StudioSchema["runs"]["value"];

function isRemoved(stored: StoredRun): stored is StoredRun & { readonly removedAt: number } {
  return typeof stored.removedAt === "number";
}

/** The record, null if it cannot be read. */
function readable(record: unknown, id: string): RunRecord | null {
  try {
    return parseRunRecord(record, `run ${id}`);
  } catch {
    return null;
  }
}

function isCurrent({ superseded }: Chunk): boolean {
  return superseded !== true;
}
