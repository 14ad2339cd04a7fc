import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type ErrorValue, RequestError, toErrorValue } from "../../base/errors";
import type { Config } from "../../model/config";
import { fileError } from "../files";
import { RunFolder } from "../run-folder";
import { type RunResult, readResult } from "./run-result";
import { isFinished, readFailure, readPoint, storedRun } from "./stored-run";

/** One copy of a run, in one of the folders that are merged. */
export interface FoundRun {
  readonly id: string;
  /** Folder of the run. */
  readonly path: string;
  readonly config: Config;
  /** Null where the run was never begun, or failed before it was. */
  readonly result: RunResult | null;
  readonly finished: boolean;
  readonly failure: ErrorValue | null;
}

/** Something that is in a folder and cannot be counted, and why. */
export interface Problem {
  readonly path: string;
  readonly reason: string;
}

export interface Found {
  readonly runs: readonly FoundRun[];
  readonly problems: readonly Problem[];
}

/** Everything in the folder of a sweep; nothing is changed. Throws StorageError or RequestError where there is no such folder. */
export async function findRuns(folder: string): Promise<Found> {
  const runs = join(folder, "runs");
  if (!existsSync(folder)) throw new RequestError(`${folder}: there is no such folder`, "Check the path.");
  if (!existsSync(runs)) return { runs: [], problems: [{ path: folder, reason: "holds no runs of a sweep" }] };
  const names = await readdir(runs).catch((error) => {
    throw fileError(runs, error);
  });
  const found: (FoundRun | Problem)[] = [];
  for (const name of names.sort()) found.push(await findRun(join(runs, name), name));
  return { runs: found.filter((one) => "id" in one), problems: found.filter((one) => "reason" in one) };
}

async function findRun(path: string, id: string): Promise<FoundRun | Problem> {
  const folder = new RunFolder(path);
  const stored = await storedRun(folder, id);
  if (stored.kind === "unreadable") return { path, reason: stored.error.message };
  const failure = await readFailure(folder);
  if (stored.kind === "none") {
    const config = await readPoint(folder);
    if (config === null)
      return { path, reason: "holds neither a run nor what it was to be: it was cut off, or is of another program" };
    return { id, path, config, result: null, finished: false, failure };
  }
  const { record } = stored;
  try {
    const result = await readResult(folder, record);
    return { id, path, config: record.config, result, finished: isFinished(record), failure: failure ?? record.failure };
  } catch (error) {
    return { path, reason: toErrorValue(error).message };
  }
}
