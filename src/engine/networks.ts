import { CheckpointError } from "../base/errors";
import { type NamedTensors, tensorNamed } from "../base/tensor";
import { groupingSpec, unblockedSplitSpec } from "../model/build";
import { assignmentParameters } from "../model/parameters";
import type { RunRecord } from "../model/run";
import type { ModelSpec } from "../model/spec";
import { type Cut, cutNetwork } from "../splitnet/pipeline";
import { identityOrder, planSplit } from "../splitnet/plan";
import { splitTree } from "../splitnet/savings";
import { type NetworkTensors, sliceState } from "../splitnet/slice";
import type { EngineContext } from "./context";
import { decodePlan, PLAN_FILE, planFingerprint } from "./plan-file";
import { finishedState } from "./retaking";
import type { StageTraining } from "./stage-facts";
import { type CheckpointFiles, checkpointToResume } from "./stored-checkpoint";

/** The networks of a run, read from its files. */

/** The trained network of stage 1; what is damaged of it is trained again. */
export function groupedNetwork(context: EngineContext, run: RunRecord): Promise<NetworkTensors> {
  return finishedState(context, run, groupTraining(run));
}

/** The assignment logits alone, so that the dense network need not stay in memory. */
export function learnedAssignments(dense: ModelSpec, { parameters }: NetworkTensors): NamedTensors {
  return new Map(assignmentParameters(dense).map(({ name }) => [name, tensorNamed(parameters, name)]));
}

/** What stage 1 trains. */
export function groupTraining({ config, classes }: RunRecord): StageTraining {
  return { stage: "group", spec: groupingSpec(config, classes.length), classOrder: identityOrder(classes.length) };
}

/** What stage 2 trains. */
export function finetuneTraining({ plan, partitions }: Pick<Cut, "plan" | "partitions">): StageTraining {
  return { stage: "finetune", spec: plan.spec, classOrder: plan.classOrder, plan: planFingerprint(partitions) };
}

/** The cut stored with the run. */
export async function storedCut(files: CheckpointFiles, run: RunRecord, grouped: NetworkTensors): Promise<Cut> {
  const planned = await storedPlan(files, run);
  return { ...planned, sliced: sliceState(planned.dense, planned.plan, grouped) };
}

/** The same without weights: what the split looks like and saves. */
export async function storedPlan(files: CheckpointFiles, run: RunRecord): Promise<Omit<Cut, "sliced">> {
  const stored = await files.runs.readFile(run.id, PLAN_FILE);
  if (stored === null) {
    throw new CheckpointError(`the plan of run ${run.id} is missing or damaged`, "Start a new run with Group.");
  }
  const classes = run.classes.length;
  const dense = groupingSpec(run.config, classes);
  const partitions = decodePlan(stored.bytes, dense);
  const plan = planSplit(unblockedSplitSpec(run.config, classes), partitions);
  return { dense, partitions, plan, tree: splitTree(dense, plan) };
}

/** The cut a split would make now; groups without members get their nearest ones, so that it always exists. */
export function previewCut(run: RunRecord, grouped: NetworkTensors): Cut {
  return cutNetwork({ ...run.config, emptyGroups: "assign-nearest" }, run.classes.length, grouped);
}

/** Tensors of the split network: of a finished stage 2 its last ones, else those of the last checkpoint that is left, or as sliced before the first. */
export async function splitNetwork(context: EngineContext, run: RunRecord, cut: Cut): Promise<NetworkTensors> {
  const training = finetuneTraining(cut);
  if (run.phase === "finetuned") return finishedState(context, run, training);
  const saved = await checkpointToResume(context, run, training);
  if (saved?.previous === true) {
    const trouble = { kind: "previousCopy", stage: training.stage, step: saved.state.step } as const;
    context.observer({ kind: "troubled", runId: run.id, trouble, refused: null });
  }
  return saved?.state ?? cut.sliced;
}
