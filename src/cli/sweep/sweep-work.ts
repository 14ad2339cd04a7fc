import { setTimeout as delay } from "node:timers/promises";
import { DeviceError, RequestError, toErrorValue } from "../../base/errors";
import { describePoint, type Sweep, type SweepRun } from "../../model/sweep";
import { exportZip } from "../export-zip";
import { InterruptedError } from "../interrupt";
import type { Progress } from "../progress";
import { inSession, trainAndEvaluate } from "../run-stages";
import type { Tools } from "../session";
import { LockWatch } from "./run-lock";
import { forgetFailure, keepFailure, keepPoint, storedRun } from "./stored-run";
import type { SweepFolder } from "./sweep-folder";

const LOOK_AGAIN_MS = 5000;
const GO_ON = "Run the same command again: it continues from there.";

/** A sweep at work in a folder. */
export interface SweepWork {
  readonly sweep: Pick<Sweep, "name" | "runs">;
  readonly folder: SweepFolder;
  readonly data: readonly string[];
  readonly exports: boolean;
  readonly tools: Tools;
}

type Outcome = "done" | "held by another process";

/**
 * Does one run after the other until none is left. A run that fails is recorded, and the others go on; one that another process works on is looked at
 * again when all others are done. Throws InterruptedError, and DeviceError where there is no device: no run could go on.
 */
export async function workThrough(work: SweepWork): Promise<void> {
  const watch = new LockWatch();
  const { progress, signal } = work.tools;
  let pending = work.sweep.runs;
  for (;;) {
    const held: SweepRun[] = [];
    for (const run of pending) {
      throwIfInterrupted(signal);
      if ((await locked(work, run, watch)) !== "done") held.push(run);
    }
    if (held.length === 0) return;
    if (held.length < pending.length || pending === work.sweep.runs) {
      progress.note(`${held.length} ${held.length === 1 ? "run is" : "runs are"} with other processes: waiting for them`);
    }
    pending = held;
    await delay(LOOK_AGAIN_MS, undefined, { signal }).catch(() => throwIfInterrupted(signal));
  }
}

/** Does a run unless it is finished or another process holds it. */
async function locked(work: SweepWork, run: SweepRun, watch: LockWatch): Promise<Outcome> {
  if ((await work.folder.state(run)).kind === "finished") return "done";
  const lock = await watch.take(work.folder.runFolder(run).path);
  if (lock === null) return "held by another process";
  try {
    // Whoever held it may have finished it in between.
    if ((await work.folder.state(run)).kind === "finished") return "done";
    return await attempt(work, run, lock.lost);
  } finally {
    await lock.release();
  }
}

async function attempt(work: SweepWork, run: SweepRun, lost: AbortSignal): Promise<Outcome> {
  const { folder, sweep, tools } = work;
  const { progress, signal } = tools;
  const number = `run ${sweep.runs.indexOf(run) + 1} of ${sweep.runs.length}`;
  progress.note(`${number} (${run.id}): ${describePoint(run.values)}, seed ${run.config.seed}`);
  try {
    await oneRun(work, run, AbortSignal.any([signal, lost]));
    return "done";
  } catch (error) {
    if (signal.aborted) throw new InterruptedError(`interrupted in ${number}`, GO_ON, { cause: error });
    if (lost.aborted) return tell(progress, `${number}: another process has taken it over`);
    if (error instanceof DeviceError) throw error;
    const failure = toErrorValue(error);
    await keepFailure(folder.runFolder(run), failure);
    progress.note(`${number} failed: ${failure.message}`);
    return "done";
  }
}

function tell(progress: Progress, text: string): Outcome {
  progress.note(text);
  return "held by another process";
}

/** All stages of a run, from where it stands. */
async function oneRun({ folder, sweep, data, exports, tools }: SweepWork, run: SweepRun, signal: AbortSignal): Promise<void> {
  const own = folder.runFolder(run);
  const stored = await storedRun(own, run.id);
  if (stored.kind === "unreadable") throw new RequestError(stored.error.message, stored.error.cure);
  await forgetFailure(own);
  await keepPoint(own, sweep.name, run.config);
  // A stored run goes on as it was begun: its preset may have had another name.
  const wish = { config: stored.kind === "none" ? run.config : null, data, starts: true };
  await inSession(own, wish, { ...tools, signal }, async (session) => {
    await trainAndEvaluate(session);
    if (exports) await exportZip(session);
  });
}

function throwIfInterrupted(signal: AbortSignal): void {
  if (signal.aborted) throw new InterruptedError("interrupted between two runs", GO_ON);
}
