import { deviation, mean } from "../base/statistics";

/** Values of several runs as one. */
export interface Spread {
  readonly mean: number;
  /** Sample standard deviation, over n - 1; null for a single value. */
  readonly deviation: number | null;
  readonly count: number;
}

/** Of the values that are there; null where none is. Throws StatisticsError for one that is not finite. */
export function spreadOf(values: readonly (number | null)[]): Spread | null {
  const there = values.filter((value) => value !== null);
  if (there.length === 0) return null;
  const [count, spread] = [there.length, deviation(there)];
  return { mean: mean(there), deviation: count === 1 ? null : spread, count };
}
