import type { RunRecord } from "../model/run";
import type { RunSummary } from "../model/run-summary";
import { configDifferences, seedGroups } from "./comparison";
import { type Spread, spreadOf } from "./spread";

/** A run of the comparison, and what it is called. */
export interface ComparedRun {
  readonly record: RunRecord;
  readonly summary: RunSummary;
  readonly name: string;
}

/** A row of the table of runs: one run, or all that differ in the seed alone. */
export interface ComparedRow {
  /** Id of its first run. */
  readonly key: string;
  readonly runs: readonly [ComparedRun, ...ComparedRun[]];
}

/** What runs came to, in columns of shares 0..1. */
export const RESULT_COLUMNS = ["best", "unsplit", "split", "parameters", "flops"] as const;
export type ResultColumn = (typeof RESULT_COLUMNS)[number];

/** A setting in which runs differ, with the value of each by its id. */
export interface SettingColumn {
  readonly path: string;
  readonly byRun: ReadonlyMap<string, string>;
}

/** The runs as rows, each where its first run stands. */
export function rowsOf(runs: readonly ComparedRun[], seedsTogether: boolean): readonly ComparedRow[] {
  const groups = seedsTogether ? seedGroups(runs.map(({ record }) => record)) : [];
  const groupOf = new Map(groups.flatMap((ids) => ids.map((id) => [id, ids] as const)));
  const byId = new Map(runs.map((run) => [run.record.id, run]));
  return runs.flatMap((run): ComparedRow[] => {
    const { id } = run.record;
    const ids = groupOf.get(id) ?? [id];
    if (ids[0] !== id) return [];
    return [{ key: id, runs: [run, ...ids.slice(1).flatMap((other) => byId.get(other) ?? [])] }];
  });
}

/** Value of a run in a column, null where it has none yet; of parameters and FLOPs the share that the split saved. */
export function resultOf({ best, unsplit, split, cost }: RunSummary, column: ResultColumn): number | null {
  if (column === "best") return best?.top1 ?? null;
  if (column === "unsplit") return unsplit;
  if (column === "split") return split;
  return cost.split === null ? null : 1 - cost.split[column] / cost.unsplit[column];
}

/** The same of a row: mean and deviation over its runs that have one. */
export function rowResult({ runs }: ComparedRow, column: ResultColumn): Spread | null {
  return spreadOf(runs.map(({ summary }) => resultOf(summary, column)));
}

/** Settings in which any of the runs differ. */
export function settingColumns(runs: readonly ComparedRun[]): readonly SettingColumn[] {
  const records = runs.map(({ record }) => record);
  return configDifferences(records).map(({ path, values }) => ({
    path,
    byRun: new Map(records.map(({ id }, index) => [id, values[index]!])),
  }));
}

/** Value of a setting in a row; where its runs differ, as in their seeds, all of them. */
export function rowSetting({ runs }: ComparedRow, { byRun }: SettingColumn): string {
  return [...new Set(runs.map(({ record }) => byRun.get(record.id) ?? ""))].join(", ");
}

/**
 * The runs that have every word of the filter, upper and lower case alike, in their name, id, preset, grouping or data. A word such as
 * "seed=1" or "learningRate=0.05" asks for exactly that value of a setting that differs.
 */
export function filteredRuns(
  runs: readonly ComparedRun[],
  settings: readonly SettingColumn[],
  filter: string,
): readonly ComparedRun[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return runs;
  return runs.filter(({ record, name }) => {
    const { id, config, datasetSource } = record;
    const said = [name, id, config.preset, config.grouping, datasetSource].join("\n").toLowerCase();
    const values = settings.map(({ path, byRun }) => `.${path}=${byRun.get(id)}`.toLowerCase());
    return words.every((word) => said.includes(word) || values.some((value) => value.endsWith(`.${word}`)));
  });
}
