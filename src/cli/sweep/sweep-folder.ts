import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { type ErrorValue, toErrorValue } from "../../base/errors";
import type { RunPhase } from "../../model/run";
import type { Sweep, SweepRun } from "../../model/sweep";
import { RunFolder } from "../run-folder";
import { type RunResult, readResult } from "./run-result";
import { isFinished, readFailure, storedRun } from "./stored-run";

/** Where a run of a sweep stands. */
export type RunState =
  | { readonly kind: "waiting" }
  | { readonly kind: "begun"; readonly phase: RunPhase; readonly step: number }
  | { readonly kind: "failed"; readonly error: ErrorValue }
  | { readonly kind: "finished"; readonly result: RunResult };

/** A sweep's runs in a folder: `runs/<id>/` is the folder of an ordinary run. */
export class SweepFolder {
  readonly path: string;
  /** Whether a run is finished only once it is exported, too. */
  readonly #exports: boolean;

  constructor(path: string, exports: boolean) {
    this.path = resolve(path);
    this.#exports = exports;
  }

  runFolder({ id }: Pick<SweepRun, "id">): RunFolder {
    return new RunFolder(join(this.path, "runs", id));
  }

  async state(run: SweepRun): Promise<RunState> {
    const folder = this.runFolder(run);
    const stored = await storedRun(folder, run.id);
    if (stored.kind === "unreadable") return { kind: "failed", error: stored.error };
    const failure = await readFailure(folder);
    if (failure !== null) return { kind: "failed", error: failure };
    if (stored.kind === "none") return { kind: "waiting" };
    const { record } = stored;
    const exported = !this.#exports || existsSync(join(folder.path, `splitnet-${record.id}.zip`));
    if (!isFinished(record) || !exported) return { kind: "begun", phase: record.phase, step: record.checkpointStep };
    try {
      return { kind: "finished", result: await readResult(folder, record) };
    } catch (error) {
      return { kind: "failed", error: toErrorValue(error) };
    }
  }

  /** Of all runs, in the order of the sweep. */
  async states(runs: Sweep["runs"]): Promise<RunState[]> {
    const states: RunState[] = [];
    for (const run of runs) states.push(await this.state(run));
    return states;
  }
}
