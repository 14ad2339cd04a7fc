import { StatisticsError } from "./errors";
import { studentQuantile } from "./student";

/** What a handful of numbers says: means with intervals, for the few runs that seeds give. */

/** A mean and its confidence interval. */
export interface MeanEstimate {
  /** Numbers that went in. */
  readonly count: number;
  readonly mean: number;
  /** Sample standard deviation; 0 for one number. */
  readonly deviation: number;
  /** Ends of the interval; infinite for one number, which says nothing about the spread. */
  readonly low: number;
  readonly high: number;
}

/** Throws StatisticsError for no numbers, and for one that is not finite. */
export function mean(values: readonly number[]): number {
  requireNumbers(values, "mean");
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Sample standard deviation, with n - 1 below the sum; 0 for one number. Throws as `mean` does. */
export function deviation(values: readonly number[]): number {
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return values.length === 1 ? 0 : Math.sqrt(squares / (values.length - 1));
}

/**
 * The mean with its two-sided confidence interval by Student's t: mean +- t deviation / sqrt(n), t the quantile of n - 1 degrees of
 * freedom. Throws StatisticsError as `mean` does, and for a confidence that is not within 0 and 1.
 */
export function estimateMean(values: readonly number[], confidence = 0.95): MeanEstimate {
  if (!(confidence > 0 && confidence < 1)) {
    throw new StatisticsError(`interval: a confidence of ${confidence}`, "Choose one within 0 and 1, such as 0.95.");
  }
  const [count, middle, spread] = [values.length, mean(values), deviation(values)];
  if (count === 1) return { count, mean: middle, deviation: 0, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const half = (studentQuantile((1 + confidence) / 2, count - 1) * spread) / Math.sqrt(count);
  return { count, mean: middle, deviation: spread, low: middle - half, high: middle + half };
}

/** `first[i] - second[i]`: what a choice changes where everything else, the seed too, was equal. Throws StatisticsError for unequal counts. */
export function pairedDifferences(first: readonly number[], second: readonly number[]): readonly number[] {
  if (first.length !== second.length) {
    throw new StatisticsError(
      `paired difference: ${first.length} values beside ${second.length}`,
      "Compare runs of the same seeds, one of each kind for a seed.",
    );
  }
  return first.map((value, index) => value - second[index]!);
}

function requireNumbers(values: readonly number[], what: string): void {
  if (values.length === 0) throw new StatisticsError(`${what}: of no numbers`, "Choose at least one finished run.");
  const wrong = values.find((value) => !Number.isFinite(value));
  if (wrong === undefined) return;
  throw new StatisticsError(`${what}: ${wrong} is not a finite number`, "Leave out runs that ended without a result.");
}
