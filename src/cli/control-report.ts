import { type OpenedRun, readRun } from "../engine/opened-run";
import { adjustedRandIndex } from "../splitnet/agreement";
import type { Partition } from "../splitnet/partition";
import type { Comparison, ControlRun, Controls, LeftOut } from "./control-runs";
import { formatCount, formatShare, formatTable } from "./format";

/** One run of the comparison; what it has not come to is null. */
export interface ControlRow {
  readonly comparison: Comparison;
  readonly seed: number;
  readonly folder: string;
  /** Share of the test images classified right, before the split and after fine-tuning. */
  readonly unsplit: number | null;
  readonly split: number | null;
  /** Parameters after the split. */
  readonly parameters: number | null;
  /** Agreement of the class groups with the learned ones, and with the superclasses (adjusted Rand index). */
  readonly withLearned: number | null;
  readonly withSuperclasses: number | null;
}

export interface ControlReport {
  readonly runs: readonly ControlRow[];
  readonly leftOut: readonly LeftOut[];
}

/** Reads what every run came to. */
export async function controlReport({ runs, leftOut }: Controls, learned: Partition): Promise<ControlReport> {
  const rows: ControlRow[] = [];
  for (const run of runs) rows.push(await rowOf(run, learned));
  return { runs: rows, leftOut };
}

async function rowOf({ comparison, seed, folder }: ControlRun, learned: Partition): Promise<ControlRow> {
  const opened = await readRun(folder.runs, (await folder.requireRecord()).id);
  const { split, evaluation, record } = opened;
  const groups = groupsOf(opened);
  const agreement = (other: readonly number[]): number | null => (groups === null ? null : adjustedRandIndex(groups, other));
  return {
    comparison,
    seed,
    folder: folder.path,
    unsplit: evaluation?.unsplit.top1 ?? null,
    split: evaluation?.split?.top1 ?? null,
    parameters: split?.tree.split.parameters ?? null,
    withLearned: agreement(learned.groupOf),
    withSuperclasses: agreement(record.superclassOf),
  };
}

/** Group of every class; null where there are none. */
function groupsOf({ split }: OpenedRun): readonly number[] | null {
  return split === null || new Set(split.classGroups).size < 2 ? null : split.classGroups;
}

/** The report for people. */
export function controlText({ runs, leftOut }: ControlReport): string {
  const share = (value: number | null): string => (value === null ? "-" : formatShare(value));
  const index = (value: number | null): string => (value === null ? "-" : value.toFixed(3));
  const head = ["groups", "seed", "test unsplit", "test split", "parameters", "as learned", "as superclasses"];
  const rows = runs.map((row) => [
    row.comparison,
    String(row.seed),
    share(row.unsplit),
    share(row.split),
    row.parameters === null ? "-" : formatCount(row.parameters),
    index(row.withLearned),
    index(row.withSuperclasses),
  ]);
  return [
    formatTable([head, ...rows]),
    "as learned, as superclasses: adjusted Rand index of the class groups, 1 for the same ones, about 0 for chance",
    ...leftOut.map(({ comparison, reason }) => `left out: ${comparison}: ${reason}`),
  ].join("\n");
}
