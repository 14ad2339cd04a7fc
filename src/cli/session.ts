import { resolve } from "node:path";
import { RequestError } from "../base/errors";
import type { DatasetSummary } from "../data/dataset";
import type { ImportedDataset } from "../data/import";
import { summarize } from "../data/summary";
import type { EngineContext } from "../engine/context";
import { RunControl } from "../engine/control";
import { createRun } from "../engine/runs";
import type { Config } from "../model/config";
import { configFingerprint } from "../model/fingerprint";
import type { RunRecord } from "../model/run";
import { readDataset } from "./data-source";
import { InterruptedError } from "./interrupt";
import { LazyCompute } from "./lazy-compute";
import { Narrator } from "./narrator";
import type { Progress } from "./progress";
import type { RunFolder } from "./run-folder";
import { UsageError } from "./values";

/** Seed of the train / validation split of runs started here: one for all, so that their validation accuracies compare. */
export const SPLIT_SEED = 1;

/** What the person asked a run to be; each may be missing where the folder knows it already. */
export interface Wish {
  readonly config: Config | null;
  readonly data: readonly string[];
  /** Whether a run may be started where there is none. */
  readonly starts: boolean;
}

/** One run, its images and its device, while a command works on it. */
export class Session {
  readonly folder: RunFolder;
  readonly id: string;
  readonly #context: EngineContext;
  readonly #compute: LazyCompute;
  readonly #progress: Progress;
  readonly #signal: AbortSignal;
  readonly #config: Config;
  readonly #stop = (): void => {
    this.#progress.note("stopping at a checkpoint; a second signal does not wait for it");
    this.#context.control.stop();
  };

  private constructor(folder: RunFolder, record: RunRecord, context: EngineContext, compute: LazyCompute, tools: Tools) {
    this.folder = folder;
    this.id = record.id;
    this.#config = record.config;
    this.#context = context;
    this.#compute = compute;
    this.#progress = tools.progress;
    this.#signal = tools.signal;
    tools.signal.addEventListener("abort", this.#stop);
  }

  /** Opens the folder's run, or starts it. Throws RequestError where the folder holds another run than was asked for. */
  static async open(folder: RunFolder, wish: Wish, tools: Tools): Promise<Session> {
    const existing = await folder.record();
    if (existing === null) await checkStart(folder, wish);
    if (existing !== null && wish.config !== null && configFingerprint(existing.config) !== configFingerprint(wish.config)) {
      throw new RequestError(
        `${folder.path}: holds a run of another configuration`,
        "Choose another folder, or continue with the configuration that the run was started with.",
      );
    }
    const { dataset, summary, files } = await openData(folder, existing, wish.data, tools);
    const compute = new LazyCompute(tools.progress);
    const context: EngineContext = {
      dataset,
      summary,
      compute,
      runs: folder.runs,
      control: new RunControl(),
      attended: false,
      observer: () => {},
      now: Date.now,
      breathe: () => new Promise((done) => setImmediate(done)),
      alone: (_, work) => work(),
    };
    const record = existing ?? (wish.config === null ? await folder.requireRecord() : await createRun(context, wish.config));
    await folder.keepData({ files, summary });
    return new Session(folder, record, context, compute, tools);
  }

  async record(): Promise<RunRecord> {
    return this.folder.requireRecord();
  }

  /** Runs one stage, told and timed. An interrupt becomes an error that says how to go on. */
  async perform<Value>(name: string, stage: (context: EngineContext, id: string) => Promise<Value>): Promise<Value> {
    const narrator = new Narrator(this.#progress, this.#config);
    const startedAt = performance.now();
    try {
      this.#throwIfInterrupted(`before ${name}`);
      const value = await stage({ ...this.#context, observer: narrator.tell }, this.id);
      if (value === "stopped" || value === null) this.#throwIfInterrupted(`${name}, after step ${narrator.step}`);
      return value;
    } finally {
      await this.#keepEffort(name, (performance.now() - startedAt) / 1000, narrator);
      this.#progress.end();
    }
  }

  async close(): Promise<void> {
    this.#signal.removeEventListener("abort", this.#stop);
    await this.#compute.close();
  }

  #throwIfInterrupted(where: string): void {
    if (!this.#signal.aborted) return;
    throw new InterruptedError(`interrupted: ${where}`, "Run the same command again: it continues from there.");
  }

  async #keepEffort(name: string, seconds: number, { work }: Narrator): Promise<void> {
    const { adapter, stages } = await this.folder.effort();
    const before = stages[name] ?? { seconds: 0, images: 0, stepSeconds: 0 };
    const after = {
      seconds: before.seconds + seconds,
      images: before.images + work.images,
      stepSeconds: before.stepSeconds + work.stepSeconds,
    };
    const report = this.#compute.report;
    const now = report === null ? adapter : { kind: report.kind, description: report.description };
    await this.folder.keepEffort({ adapter: now, stages: { ...stages, [name]: after } });
  }
}

/** What a session shares with the command it works for. */
export interface Tools {
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Gives the images of files to commands that work on several runs; otherwise every session reads them. */
  readonly images?: (files: readonly string[]) => Promise<ImportedDataset>;
}

async function checkStart(folder: RunFolder, { config, data, starts }: Wish): Promise<void> {
  if (!starts) await folder.requireRecord();
  if (data.length === 0) throw new UsageError(`--data ARCHIVE is missing, and ${folder.path} holds no run to continue`);
  if (config === null) throw new UsageError(`--preset NAME is missing, and ${folder.path} holds no run to continue`);
}

/** Reads the images from the named files, else from where they were last time; those of an existing run must be its own. */
async function openData(folder: RunFolder, run: RunRecord | null, named: readonly string[], tools: Tools) {
  const { progress, signal, images = (paths) => readDataset(paths, progress, signal) } = tools;
  // A reference that cannot be read matters only where the images are not named anew.
  const known = () => (named.length > 0 ? folder.data().catch(() => null) : folder.data());
  const reference = run === null ? null : await known();
  const files = named.length > 0 ? named.map((file) => resolve(file)) : reference?.files;
  if (files === undefined) {
    throw new RequestError(`${folder.path}: does not say where its images are`, "Name the archive with --data ARCHIVE.");
  }
  const imported = await images(files);
  const summary: DatasetSummary = summarize(imported, reference?.summary.splitSeed ?? SPLIT_SEED);
  if (run !== null && run.datasetId !== summary.id) {
    throw new RequestError(
      `${summary.source}: holds other images than the run in ${folder.path} was made from (${run.datasetSource})`,
      "Name the run's own archive with --data ARCHIVE, or choose another folder.",
    );
  }
  return { dataset: imported.dataset, summary, files };
}
