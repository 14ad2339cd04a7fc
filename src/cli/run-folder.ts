import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import { RequestError, StorageError } from "../base/errors";
import type { DatasetSummary } from "../data/dataset";
import { parseSummary } from "../data/summary";
import type { RunRecord } from "../model/run";
import { openFolder } from "../storage/folder/open";
import type { RunStore } from "../storage/stores";
import { readJson, writeWhole } from "./files";

/** Where the images of a run are: they are read again instead of copied. */
const dataSchema = z.strictObject({ files: z.array(z.string()).min(1), summary: z.unknown() });

const workSchema = z.object({
  /** Wall-clock seconds. */
  seconds: z.number().min(0),
  /** Images trained on, and the seconds of their steps alone. */
  images: z.number().min(0),
  stepSeconds: z.number().min(0),
});
const effortSchema = z.object({
  adapter: z.object({ kind: z.enum(["hardware", "software"]), description: z.string() }).nullable(),
  stages: z.record(z.string(), workSchema),
});

export interface DataReference {
  /** Absolute paths. */
  readonly files: readonly string[];
  readonly summary: DatasetSummary;
}

/** What was spent on a stage, added up over every time it was continued. */
export type StageWork = Readonly<z.infer<typeof workSchema>>;
/** What a run was computed on and how long it took. */
export interface Effort {
  readonly adapter: { readonly kind: "hardware" | "software"; readonly description: string } | null;
  readonly stages: Readonly<Record<string, StageWork>>;
}

/** One run in a folder: `runs/<id>/` as the storage keeps it, `data.json`, `effort.json` and the exported zip. */
export class RunFolder {
  readonly path: string;
  readonly runs: RunStore;

  constructor(path: string) {
    this.path = resolve(path);
    this.runs = openFolder(this.path).runs;
  }

  /** The run kept here, null before the first one. */
  async record(): Promise<RunRecord | null> {
    return (await this.runs.list())[0] ?? null;
  }

  async requireRecord(): Promise<RunRecord> {
    const record = await this.record();
    if (record !== null) return record;
    throw new RequestError(
      `${this.path}: holds no run`,
      "Start one with `splitnet run --out DIR` or `splitnet group --run DIR`, with --data ARCHIVE and --preset NAME.",
    );
  }

  async data(): Promise<DataReference | null> {
    const path = join(this.path, "data.json");
    if (!existsSync(path)) return null;
    const value = await readJson(path);
    try {
      const { files, summary } = dataSchema.parse(value);
      return { files, summary: parseSummary(summary) };
    } catch (cause) {
      throw new StorageError(`${path}: does not say where the images are`, "Name the archive with --data ARCHIVE.", { cause });
    }
  }

  async keepData(reference: DataReference): Promise<void> {
    await this.#write("data.json", reference);
  }

  /** Nothing but curiosity depends on it, so damage counts as absence. */
  async effort(): Promise<Effort> {
    const path = join(this.path, "effort.json");
    const parsed = existsSync(path) ? effortSchema.safeParse(await readJson(path).catch(() => null)) : null;
    return parsed?.data ?? { adapter: null, stages: {} };
  }

  async keepEffort(effort: Effort): Promise<void> {
    await this.#write("effort.json", effort);
  }

  async #write(name: string, value: unknown): Promise<void> {
    await writeWhole(join(this.path, name), new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`));
  }
}
