import { existsSync } from "node:fs";
import { learnedRun } from "../../engine/controls";
import { readRun } from "../../engine/opened-run";
import { parseGrouping } from "../../model/grouping";
import type { RunRecord } from "../../model/run";
import { adjustedRandIndex, agreementTest } from "../../splitnet/agreement";
import type { RunFolder } from "../run-folder";
import { type OnTheSpot, onTheSpotOf } from "./on-the-spot-file";
import type { StudyRun } from "./study-work";

/** One run of the report; what it has not come to is null. */
export interface StudyRow {
  /** Name of the kind. */
  readonly kind: string;
  readonly seed: number;
  readonly folder: string;
  /** Class groups it was trained or would be cut with. */
  readonly groups: readonly number[] | null;
  /** Their agreement with the planted families, as adjusted Rand index, and how often random groups of these sizes reach it. */
  readonly agreement: number | null;
  readonly agreementP: number | null;
  readonly onTheSpot: OnTheSpot | null;
  /** Share of the validation images classified right at the end of stage 1: what the training itself says. */
  readonly validation: number | null;
  /** Share of the test images classified right, before the split and after fine-tuning. */
  readonly unsplit: number | null;
  readonly split: number | null;
  readonly parameters: number | null;
  readonly flops: number | null;
  /** Wall-clock seconds of everything that was done for it. */
  readonly seconds: number;
  readonly failure: string | null;
}

/** Reads what every run has come to. */
export async function studyRows(runs: readonly StudyRun[]): Promise<readonly StudyRow[]> {
  const rows: StudyRow[] = [];
  for (const run of runs) rows.push(await rowOf(run));
  return rows;
}

async function rowOf({ kind, seed, folder, failure }: StudyRun): Promise<StudyRow> {
  const { stages } = await folder.effort();
  const begun = {
    ...{ kind: kind.name, seed, folder: folder.path, failure: failure?.message ?? null },
    ...{
      groups: null,
      agreement: null,
      agreementP: null,
      validation: null,
      unsplit: null,
      split: null,
      parameters: null,
      flops: null,
    },
    onTheSpot: await onTheSpotOf(folder),
    seconds: Object.values(stages).reduce((sum, { seconds }) => sum + seconds, 0),
  };
  const record = existsSync(folder.path) ? await folder.record() : null;
  if (record === null || record.phase === "grouping") return begun;
  const { split, evaluation, curves } = await readRun(folder.runs, record.id);
  const isSplit = parseGrouping(record.config.grouping).classes > 1;
  const groups = isSplit ? (split?.classGroups ?? (await wouldBeGroups(folder, record))) : null;
  return {
    ...begun,
    groups,
    agreement: groups && adjustedRandIndex(groups, record.superclassOf),
    agreementP: groups && agreementTest(groups, record.superclassOf).p,
    validation: curves.group.validations.top1.at(-1) ?? null,
    unsplit: evaluation?.unsplit.top1 ?? null,
    split: evaluation?.split?.top1 ?? null,
    parameters: split?.tree.split.parameters ?? null,
    flops: split?.tree.split.flops ?? null,
  };
}

async function wouldBeGroups(folder: RunFolder, record: RunRecord): Promise<readonly number[] | null> {
  if (record.config.fixedGroups !== null) return record.config.fixedGroups.classes;
  return (await learnedRun(folder, record)).partitions.get("classes")?.groupOf ?? null;
}
