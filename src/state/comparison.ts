import { deviation, mean } from "../base/statistics";
import type { RunRecord } from "../model/run";
import { differencesBetween } from "./config-form";

/** A field in which the configurations of runs differ, with the value of each run in their order. */
export interface ConfigDifference {
  readonly path: string;
  readonly values: readonly string[];
}

/** The fields in which at least one run differs from another; the name of the preset is none. */
export function configDifferences(records: readonly RunRecord[]): readonly ConfigDifference[] {
  const [first, ...others] = records;
  if (first === undefined) return [];
  const byRun = records.map(({ config }) => differencesBetween(first.config, config));
  const paths = new Set(byRun.flatMap((differences) => differences.map(({ path }) => path)));
  const ownOf = (path: string): string | undefined => byRun.flat().find((difference) => difference.path === path)?.preset;
  if (others.length === 0) return [];
  return [...paths].map((path) => ({
    path,
    values: byRun.map((differences) => differences.find((difference) => difference.path === path)?.value ?? ownOf(path) ?? ""),
  }));
}

/** Ids of runs that differ only in their seed, by two or more; in the order given. */
export function seedGroups(records: readonly RunRecord[]): readonly (readonly string[])[] {
  const groups = new Map<string, string[]>();
  for (const { id, config, datasetId } of records) {
    const key = JSON.stringify([datasetId, { ...config, seed: 0, preset: "" }]);
    groups.set(key, [...(groups.get(key) ?? []), id]);
  }
  return [...groups.values()].filter((ids) => ids.length > 1);
}

/** A line over ascending x. */
export interface PlainLine {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** Mean and sample standard deviation of several lines, at every x that all of them have. */
export interface MeanLine extends PlainLine {
  readonly deviation: Float64Array;
}

/** Lines may be of different length, and begin at different x: only where each has a value is there a mean. */
export function meanOfLines(lines: readonly PlainLine[]): MeanLine {
  const [first, ...others] = lines;
  const x: number[] = [];
  const y: number[] = [];
  const spread: number[] = [];
  const at = others.map(() => 0);
  first?.x.forEach((position, index) => {
    const values = [first.y[index]!];
    others.forEach((line, other) => {
      let next = at[other]!;
      while (next < line.x.length && line.x[next]! < position) next++;
      at[other] = next;
      if (line.x[next] === position) values.push(line.y[next]!);
    });
    if (values.length < lines.length || !values.every(Number.isFinite)) return;
    x.push(position);
    y.push(mean(values));
    spread.push(deviation(values));
  });
  return { x: Float64Array.from(x), y: Float64Array.from(y), deviation: Float64Array.from(spread) };
}
