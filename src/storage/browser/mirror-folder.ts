import { StorageError } from "../../base/errors";
import type { FolderHandle } from "../../base/folder-handle";
import type { Metric, RunPhase, RunRecord } from "../../model/run";
import { METRICS_FILE, metricLines, RECORD_FILE, recordText } from "../run-layout";
import { parseRunRecord } from "../run-record";
import { VerifiedFiles } from "../verified-files";
import { FolderArea } from "./folder-area";

/** What is copied of a run. */
export interface RunCopy {
  readonly record: RunRecord;
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The metrics that came since the last copy, or all of them. */
  readonly metrics: { readonly kind: "all" | "more"; readonly metrics: readonly Metric[] };
}

const PHASES: readonly RunPhase[] = ["grouping", "grouped", "finetuning", "finetuned"];

/**
 * The copy of one run in a folder that the person has chosen: `<id>/runs/<id>/...`, so that `<id>` is a folder that the command line
 * goes on with. Nothing beside it is touched.
 */
export class MirroredRun {
  readonly #id: string;
  readonly #area: FolderArea;
  readonly #files: VerifiedFiles;

  private constructor(id: string, runs: FolderHandle) {
    this.#id = id;
    this.#area = new FolderArea(runs);
    this.#files = new VerifiedFiles(this.#area);
  }

  static async open(folder: FolderHandle, id: string): Promise<MirroredRun> {
    const own = await folder.getDirectoryHandle(id, { create: true });
    return new MirroredRun(id, await own.getDirectoryHandle("runs", { create: true }));
  }

  /** Bytes of the metrics that are there. */
  metricsLength(): Promise<number> {
    return this.#area.fileSize(this.#id, METRICS_FILE);
  }

  /** Whether the record there is this one: it is written last, so all that it tells of is there too. */
  async holds(record: RunRecord): Promise<boolean> {
    return (await this.#recordText()) === recordText(record);
  }

  /** Throws StorageError where the folder holds another run of this id, or this one further on: that is not ours to replace. */
  async checkOurs(record: RunRecord): Promise<void> {
    const text = await this.#recordText();
    if (text === null) return;
    const there = parsed(text, this.#id);
    const further = there !== null && there.createdAt === record.createdAt && isFurther(there, record);
    if (there?.createdAt === record.createdAt && !further) return;
    throw new StorageError(
      `the folder ${this.#id} there holds ${further ? "this run further on than it is here" : "something that is not this run"}`,
      "Move it elsewhere, or mirror into another folder.",
    );
  }

  /** Metrics and files first, then the record that tells of them. */
  async write({ record, files, metrics }: RunCopy): Promise<void> {
    const lines = new TextEncoder().encode(metricLines(metrics.metrics));
    if (metrics.kind === "all") await this.#area.write(this.#id, METRICS_FILE, lines);
    else if (lines.length > 0) await this.#area.append(this.#id, METRICS_FILE, lines);
    for (const [name, bytes] of files) {
      if (!(await this.#files.holds(this.#id, name, bytes))) await this.#files.write(this.#id, name, bytes);
    }
    await this.#area.write(this.#id, RECORD_FILE, new TextEncoder().encode(recordText(record)));
  }

  async #recordText(): Promise<string | null> {
    const bytes = await this.#area.read(this.#id, RECORD_FILE);
    return bytes === null ? null : new TextDecoder().decode(bytes);
  }
}

function parsed(text: string, where: string): RunRecord | null {
  try {
    return parseRunRecord(JSON.parse(text), where);
  } catch {
    return null;
  }
}

function isFurther(there: RunRecord, here: RunRecord): boolean {
  const [theirs, ours] = [PHASES.indexOf(there.phase), PHASES.indexOf(here.phase)];
  return theirs > ours || (theirs === ours && there.checkpointStep > here.checkpointStep);
}
