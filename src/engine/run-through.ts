import type { Config } from "../model/config";
import type { RunRecord } from "../model/run";
import type { EngineContext, StageOutcome } from "./context";
import { storedRun } from "./runs";
import { evaluateStage, finetuneStage, groupStage, splitStage } from "./stages";

/**
 * Every stage that the run has not behind it, up to its evaluation; `emptyGroups` replaces the run's own rule for the split. "stopped" where
 * somebody stopped it before, also at the end of an epoch, which the end of a stage is as well.
 */
export async function runThrough(context: EngineContext, id: string, emptyGroups?: Config["emptyGroups"]): Promise<StageOutcome> {
  const { control, runs } = context;
  for (;;) {
    const record = await storedRun(runs, id);
    if (record.phase === "finetuned" && record.evaluated) return "finished";
    if (control.stopping || control.stopsAfterEpoch) return "stopped";
    if (!(await nextStage(context, record, emptyGroups))) return "stopped";
  }
}

/** Whether the stage that comes next for the run has come to its end. */
async function nextStage(
  context: EngineContext,
  { id, phase }: RunRecord,
  emptyGroups: Config["emptyGroups"] | undefined,
): Promise<boolean> {
  switch (phase) {
    case "grouping":
      return (await groupStage(context, id)) === "finished";
    case "grouped":
      return (await splitStage(context, id, emptyGroups)) !== null;
    case "finetuning":
      return (await finetuneStage(context, id)) === "finished";
    case "finetuned":
      return (await evaluateStage(context, id)) !== null;
    default:
      return phase satisfies never;
  }
}
