import type { Config } from "../model/config";
import type { RunRecord } from "../model/run";
import type { EvaluationPair } from "../splitnet/evaluation";
import { type Cut, cutNetwork } from "../splitnet/pipeline";
import { identityOrder } from "../splitnet/plan";
import { classGroupsOf } from "../splitnet/savings";
import { groupStart, startingFrom } from "../train/state";
import type { EngineContext, RunContext, StageOutcome } from "./context";
import { EVALUATION_FILE, encodeEvaluation } from "./evaluation-file";
import { evaluatorOf } from "./network-evaluation";
import { finetuneTraining, groupedNetwork, groupTraining, previewCut, splitNetwork, storedCut } from "./networks";
import { encodePlan, PLAN_FILE } from "./plan-file";
import { putRecord, requireRun } from "./runs";
import { trainStage } from "./training";

/** Stage 1, from its beginning or its last checkpoint. */
export async function groupStage(context: EngineContext, id: string): Promise<StageOutcome> {
  const run = await requireRun(context, id, ["grouping"]);
  const training = groupTraining(run);
  const fresh = async () => groupStart(training.spec, run.config);
  const outcome = await trainStage(context, run, { ...training, fresh });
  if (outcome === "finished") await enterPhase(context, id, "grouped", run.config.group.steps);
  return outcome;
}

/**
 * Discretises and plans; `emptyGroups` replaces the run's own rule for this split. Throws EmptyGroupError, changing nothing; null when it was
 * stopped before.
 */
export async function splitStage(context: EngineContext, id: string, emptyGroups?: Config["emptyGroups"]): Promise<Cut | null> {
  const run = await requireRun(context, id, ["grouped"]);
  const config = { ...run.config, emptyGroups: emptyGroups ?? run.config.emptyGroups };
  const grouped = await unlessStopped(context, () => groupedNetwork(context, run));
  if (grouped === null) return null;
  const cut = cutNetwork(config, run.classes.length, grouped);
  await context.runs.writeFile(id, PLAN_FILE, encodePlan(cut.partitions));
  await enterPhase(context, id, "finetuning", 0);
  context.observer({ kind: "planned", runId: id, tree: cut.tree, classGroups: classGroupsOf(cut.plan) });
  return cut;
}

/** Stage 2, from the sliced network or its last checkpoint. */
export async function finetuneStage(context: EngineContext, id: string): Promise<StageOutcome> {
  const run = await requireRun(context, id, ["finetuning"]);
  const grouped = await unlessStopped(context, () => groupedNetwork(context, run));
  if (grouped === null) return "stopped";
  const cut = await storedCut(context, run, grouped);
  const fresh = async () => startingFrom(cut.sliced.parameters, cut.sliced.statistics);
  const outcome = await trainStage(context, run, { ...finetuneTraining(cut), fresh });
  if (outcome === "finished") await enterPhase(context, id, "finetuned", run.config.finetune.steps);
  return outcome;
}

/** Continues the training stage that a stop, a failure or the end of the process interrupted. */
export async function resumeStage(context: EngineContext, id: string): Promise<StageOutcome> {
  const run = await requireRun(context, id, ["grouping", "finetuning"]);
  return run.phase === "grouping" ? groupStage(context, id) : finetuneStage(context, id);
}

/** Both networks on the test images; the split one only if there is a split. Null if it was stopped. */
export async function evaluateStage(context: EngineContext, id: string): Promise<EvaluationPair | null> {
  const run = await requireRun(context, id, ["grouped", "finetuning", "finetuned"]);
  return unlessStopped(context, async () => {
    const grouped = await groupedNetwork(context, run);
    const isSplit = run.phase !== "grouped";
    const cut = isSplit ? await storedCut(context, run, grouped) : previewCut(run, grouped);
    const tensors = isSplit ? await splitNetwork(context, run, cut) : null;
    const evaluate = evaluatorOf(context, run, cut.plan, isSplit ? 2 : 1);
    const unsplit = await evaluate(cut.dense, grouped, identityOrder(run.classes.length));
    const split = tensors && (await evaluate(cut.plan.spec, tensors, cut.plan.classOrder));
    return storeEvaluation(context, run, { unsplit, split });
  });
}

/** What the work comes to, null where a stop ended it. */
export async function unlessStopped<Value>(
  { control }: Pick<EngineContext, "control">,
  work: () => Promise<Value>,
): Promise<Value | null> {
  try {
    return await work();
  } catch (error) {
    if (control.stopping) return null;
    throw error;
  }
}

/** The phase follows what was just stored; the record is read anew because training has changed it. */
async function enterPhase(context: RunContext, id: string, phase: RunRecord["phase"], step: number): Promise<void> {
  const run = await requireRun(context, id, ["grouping", "grouped", "finetuning", "finetuned"]);
  await putRecord(context, { ...run, phase, checkpointStep: step, evaluated: false });
}

async function storeEvaluation(context: EngineContext, run: RunRecord, evaluation: EvaluationPair): Promise<EvaluationPair> {
  try {
    await context.runs.writeFile(run.id, EVALUATION_FILE, encodeEvaluation(evaluation));
    await putRecord(context, { ...run, evaluated: true });
    return evaluation;
  } finally {
    // What took minutes is seen even where storage refuses it.
    context.observer({ kind: "evaluated", runId: run.id, evaluation });
  }
}
