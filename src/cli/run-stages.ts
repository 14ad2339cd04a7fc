import { evaluateStage, finetuneStage, groupStage, splitStage } from "../engine/stages";
import type { Config } from "../model/config";
import type { RunPhase } from "../model/run";
import type { RunFolder } from "./run-folder";
import { Session, type Tools, type Wish } from "./session";

/** How far a run must have come for a stage to be behind it, which is then passed over. */
const ORDER: readonly RunPhase[] = ["grouping", "grouped", "finetuning", "finetuned"];

/** Does work on the folder's run, which is started where the wish says so. */
export async function inSession(
  folder: RunFolder,
  wish: Wish,
  tools: Tools,
  work: (session: Session) => Promise<void>,
): Promise<void> {
  const session = await Session.open(folder, wish, tools);
  try {
    await work(session);
  } finally {
    await session.close();
  }
}

/** Whether the run has left `phase` behind. */
async function isPast(session: Session, phase: RunPhase): Promise<boolean> {
  return ORDER.indexOf((await session.record()).phase) > ORDER.indexOf(phase);
}

export async function group(session: Session): Promise<void> {
  if (!(await isPast(session, "grouping"))) await session.perform("group", groupStage);
}

/** `emptyGroups` replaces the run's own rule. */
export async function split(session: Session, emptyGroups?: Config["emptyGroups"]): Promise<void> {
  if (!(await isPast(session, "grouped"))) await session.perform("split", (context, id) => splitStage(context, id, emptyGroups));
}

export async function finetune(session: Session): Promise<void> {
  if (!(await isPast(session, "finetuning"))) await session.perform("finetune", finetuneStage);
}

export async function evaluate(session: Session): Promise<void> {
  await session.perform("evaluate", evaluateStage);
}

/** All of them but the export. */
export async function trainAndEvaluate(session: Session, emptyGroups?: Config["emptyGroups"]): Promise<void> {
  await group(session);
  await split(session, emptyGroups);
  await finetune(session);
  if (!(await session.record()).evaluated) await evaluate(session);
}
