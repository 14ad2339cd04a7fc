import { access, appendFile, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { StorageError } from "../../base/errors";
import { type CurveColumns, curveColumns } from "../../model/curve-columns";
import type { Metric, RunRecord, TrainingStage } from "../../model/run";
import { guarded } from "../failure";
import { checkFileName, checkRunId, isRunId } from "../names";
import { METRICS_FILE, metricLines, RECORD_FILE, recordText, SUPERSEDED_FILE } from "../run-layout";
import { parseMetric, parseRunRecord, rewound } from "../run-record";
import type { RunStore, StoredFile } from "../stores";
import { VerifiedFiles } from "../verified-files";
import { DiskArea, orNull, replaceDurably } from "./area";

/** Runs as folders of a disk. */
export class FolderRunStore implements RunStore {
  readonly #root: string;
  readonly #files: VerifiedFiles;

  constructor(root: string) {
    this.#root = root;
    this.#files = new VerifiedFiles(new DiskArea(root));
  }

  /** Newest first. A folder whose record cannot be read is left out: it must not hide the others. */
  list(): Promise<readonly RunRecord[]> {
    return guarded("listing runs", async () => {
      const names = (await orNull(readdir(this.#root))) ?? [];
      const records = await Promise.all(names.filter(isRunId).map((id) => this.get(id).catch(() => null)));
      return records.filter((record) => record !== null).sort((a, b) => b.createdAt - a.createdAt);
    });
  }

  get(id: string): Promise<RunRecord | null> {
    return guarded(`reading run ${id}`, async () => {
      const path = this.#path(id, RECORD_FILE);
      const text = await orNull(readFile(path, "utf8"));
      return text === null ? null : parseRunRecord(parseJson(text, path), path);
    });
  }

  isTaken(id: string): Promise<boolean> {
    return guarded(
      `looking for run ${id}`,
      async () => (await orNull(access(this.#path(id, RECORD_FILE)).then(() => true))) ?? false,
    );
  }

  put(record: RunRecord): Promise<void> {
    return guarded(`writing run ${record.id}`, async () => {
      await replaceDurably(this.#path(record.id, RECORD_FILE), new TextEncoder().encode(recordText(record)));
    });
  }

  remove(id: string): Promise<void> {
    return guarded(`removing run ${id}`, async () => {
      // The record goes first: without it the run is gone even if the rest is cut short.
      await rm(this.#path(id, RECORD_FILE), { force: true });
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

  appendMetrics(id: string, metrics: readonly Metric[]): Promise<void> {
    return guarded(`writing metrics of run ${id}`, async () => {
      const path = this.#path(id, METRICS_FILE);
      await mkdir(join(this.#root, id), { recursive: true });
      // The line break in front ends a line that a killed process tore; blank lines mean nothing.
      await appendFile(path, `\n${metricLines(metrics)}`);
    });
  }

  readMetrics(id: string): Promise<readonly Metric[]> {
    return guarded(`reading metrics of run ${id}`, async () => {
      const text = (await orNull(readFile(this.#path(id, METRICS_FILE), "utf8"))) ?? "";
      return text.split("\n").flatMap((line) => metricOfLine(line) ?? []);
    });
  }

  async readCurves(id: string): Promise<CurveColumns> {
    return curveColumns(await this.readMetrics(id));
  }

  rewindMetrics(id: string, stage: TrainingStage, step: number): Promise<readonly Metric[]> {
    return guarded(`rewinding metrics of run ${id}`, async () => {
      const { kept, superseded } = rewound(await this.readMetrics(id), stage, step);
      // Kept aside first: a process killed in between keeps them twice, and loses none.
      if (superseded.length > 0) await appendFile(this.#path(id, SUPERSEDED_FILE), metricLines(superseded));
      await replaceDurably(this.#path(id, METRICS_FILE), new TextEncoder().encode(metricLines(kept)));
      return superseded;
    });
  }

  #path(id: string, name: string): string {
    return join(this.#root, checkRunId(id), name);
  }
}

function metricOfLine(line: string): Metric | null {
  if (line === "") return null;
  try {
    return parseMetric(JSON.parse(line));
  } catch {
    return null;
  }
}

/** JSON of a stored file; damage is a StorageError that names it. */
export function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new StorageError(`${path} is not JSON`, "Remove this file's folder, or restore it from a copy.", { cause });
  }
}
