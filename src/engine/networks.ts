import { CheckpointError } from "../base/errors";
import { groupingSpec, unblockedSplitSpec } from "../model/build";
import type { RunRecord } from "../model/run";
import { type Cut, cutNetwork } from "../splitnet/pipeline";
import { planSplit } from "../splitnet/plan";
import { splitTree } from "../splitnet/savings";
import { type NetworkTensors, sliceState } from "../splitnet/slice";
import { decodePlan, PLAN_FILE } from "./plan-file";
import { type CheckpointFiles, lastCheckpoint } from "./stored-checkpoint";

/** The networks of a run, read from its files. */

/** The trained network of stage 1; throws CheckpointError if only an earlier state of it is left. */
export async function groupedNetwork(files: CheckpointFiles, run: RunRecord): Promise<NetworkTensors> {
  const { steps } = run.config.group;
  const state = await lastCheckpoint(files, run, { stage: "group", spec: groupingSpec(run.config, run.classes.length) });
  if (state?.step === steps) return state;
  const left = state === null ? "is missing" : `is damaged; that of step ${state.step} of ${steps} is left`;
  throw new CheckpointError(`the last checkpoint of stage 1 of run ${run.id} ${left}`, "Start a new run with Group.");
}

/** The cut stored with the run. */
export async function storedCut(files: CheckpointFiles, run: RunRecord, grouped: NetworkTensors): Promise<Cut> {
  const stored = await files.runs.readFile(run.id, PLAN_FILE);
  if (stored === null) {
    throw new CheckpointError(`the plan of run ${run.id} is missing or damaged`, "Start a new run with Group.");
  }
  const classes = run.classes.length;
  const dense = groupingSpec(run.config, classes);
  const partitions = decodePlan(stored.bytes, dense);
  const plan = planSplit(unblockedSplitSpec(run.config, classes), partitions);
  return { dense, partitions, plan, sliced: sliceState(dense, plan, grouped), tree: splitTree(dense, plan) };
}

/** The cut a split would make now; groups without members get their nearest ones, so that it always exists. */
export function previewCut(run: RunRecord, grouped: NetworkTensors): Cut {
  return cutNetwork({ ...run.config, emptyGroups: "assign-nearest" }, run.classes.length, grouped);
}

/** Tensors of the split network at its last checkpoint, or as sliced before its first. */
export async function splitNetwork(files: CheckpointFiles, run: RunRecord, cut: Cut): Promise<NetworkTensors> {
  const state = await lastCheckpoint(files, run, { stage: "finetune", spec: cut.plan.spec });
  if (state !== null || run.checkpointStep === 0) return state ?? cut.sliced;
  throw new CheckpointError(
    `the checkpoints of the split network of run ${run.id} are damaged or gone`,
    "Start a new run with Group.",
  );
}
