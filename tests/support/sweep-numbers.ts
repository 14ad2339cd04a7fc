import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { hashTensors, readCurves, runFolder } from "../../scripts/lib/run-on-disk.mjs";

/** A small sweep: WRN-10-1, a few steps of both stages, a checkpoint after each. */
export const SMALL_SWEEP = {
  name: "small",
  preset: "tiny",
  config: {
    emptyGroups: "assign-nearest",
    group: { batchSize: 8, steps: 6, learningRateDrops: [], validateEverySteps: 3, checkpointEverySteps: 1 },
    finetune: { batchSize: 8, steps: 2, learningRateDrops: [], validateEverySteps: 2, checkpointEverySteps: 1 },
    evaluation: { batchSize: 20 },
  },
};
export const SMALL_SAMPLE = ["--classes", "6", "--superclasses", "2", "--train", "50", "--test", "20"];

/** Ids of the runs in a folder of a sweep. */
export function runIds(out: string): string[] {
  return readdirSync(join(out, "runs")).sort();
}

/** Every number that a run has come to but times, read from outside. Throws where the folder does not hold exactly one run. */
export function numbersOf(out: string, id: string) {
  const folder = runFolder(join(out, "runs", id));
  if (folder === null) throw new Error(`${out} holds no run ${id}`);
  const evaluation = JSON.parse(readFileSync(join(folder, "evaluation.json"), "utf8"));
  for (const network of ["unsplit", "split"]) evaluation[network].secondsPerImage = 0;
  return { tensors: hashTensors(folder), curves: readCurves(folder), evaluation };
}

/** The numbers of all runs by their ids. */
export function sweepNumbers(out: string) {
  return Object.fromEntries(runIds(out).map((id) => [id, numbersOf(out, id)]));
}

/** Resolves when a run has a checkpoint of so many steps of its first stage. */
export async function reached(out: string, id: string, steps: number, alive: () => boolean): Promise<void> {
  while (alive()) {
    const folder = runFolder(join(out, "runs", id));
    if (folder !== null) {
      const { phase, checkpointStep } = JSON.parse(readFileSync(join(folder, "run.json"), "utf8"));
      if (phase !== "grouping" || checkpointStep >= steps) return;
    }
    await new Promise((done) => setTimeout(done, 20));
  }
  throw new Error(`the program ended before step ${steps} of run ${id}`);
}
