import type { Config } from "../../model/config";
import type { Sweep, SweepRun } from "../../model/sweep";
import { trainingWork } from "../../splitnet/training-work";
import type { Progress } from "../progress";
import { measureSpeed } from "../speed";
import type { RunState } from "./sweep-folder";

/** How long runs take on this device, and what says so. */
export interface Estimate {
  readonly seconds: number;
  readonly basis: string;
}

/** FLOPs of runs. A run that was begun counts whole: checkpoints tell how far it has come, not how long the rest takes. */
function work(runs: readonly Pick<SweepRun, "config">[], classes: number): number {
  const known = new Map<string, number>();
  return runs.reduce((sum, { config }) => {
    const key = JSON.stringify({ ...config, seed: 0 });
    const flops = known.get(key) ?? trainingWork(config, classes);
    known.set(key, flops);
    return sum + flops;
  }, 0);
}

/** From what finished runs took, by FLOPs; null where none is finished. */
export function estimateFromRuns(runs: Sweep["runs"], states: readonly RunState[], classes: number): Estimate | null {
  const finished = runs.flatMap((run, index) => {
    const state = states[index];
    return state?.kind === "finished" ? [{ run, seconds: state.result.seconds }] : [];
  });
  const done = work(
    finished.map(({ run }) => run),
    classes,
  );
  if (done === 0) return null;
  const spent = finished.reduce((sum, { seconds }) => sum + seconds, 0);
  const left = work(unfinished(runs, states), classes);
  return { seconds: (left * spent) / done, basis: `by FLOPs from ${finished.length} finished of this sweep` };
}

/** From steps of the first unfinished run, timed on this machine's device: without validation, checkpoints and evaluation. */
export async function measuredEstimate(
  runs: Sweep["runs"],
  states: readonly RunState[],
  classes: number,
  progress: Progress,
): Promise<Estimate> {
  const left = unfinished(runs, states);
  const first = left[0];
  if (first === undefined) return { seconds: 0, basis: "nothing is left" };
  const speed = await measureSpeed(first.config, classes, progress, { kernels: "own", steps: 1 });
  const rate = trainingWork(first.config, classes) / stepSeconds(first.config, speed);
  return {
    seconds: work(left, classes) / rate,
    basis: "by FLOPs from a step of each stage, measured now; evaluation comes on top",
  };
}

function stepSeconds({ group, finetune }: Config, speed: Awaited<ReturnType<typeof measureSpeed>>): number {
  return group.steps * speed.group.medianSeconds + finetune.steps * speed.finetune.medianSeconds;
}

function unfinished(runs: Sweep["runs"], states: readonly RunState[]): readonly SweepRun[] {
  return runs.filter((_, index) => states[index]?.kind !== "finished");
}
