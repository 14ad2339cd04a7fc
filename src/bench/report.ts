import type { BenchCase } from "./contender";
import type { Counters } from "./our-contenders";
import { median, type Samples } from "./paired-runs";

/** A case and the times of its contenders. */
export interface Measured<Case extends BenchCase = BenchCase> {
  readonly case: Case;
  readonly samples: Samples;
}

/** Medians of one case in its unit, null where there is no contender. */
export interface BenchResult {
  readonly name: string;
  readonly unit: string;
  readonly ours: number | null;
  readonly stock: number | null;
  readonly jaxjs: number | null;
  readonly runs: number;
}

/** What `--json` prints, and what docs/benchmarks.md quotes. */
export interface BenchReport {
  /** The adapter as it describes itself. */
  readonly adapter: string;
  /** How the adapter was chosen. */
  readonly driver: string;
  /** Of the source, with "+" where the working tree differs. */
  readonly commit: string;
  readonly results: readonly BenchResult[];
  readonly counters: Counters;
}

export function resultOf({ case: { name, unit }, samples }: Measured, runs: number): BenchResult {
  const medianOf = (times: readonly number[] | null): number | null => (times === null ? null : median(times));
  return { name, unit, ours: medianOf(samples.ours), stock: medianOf(samples.stock), jaxjs: medianOf(samples.jaxjs), runs };
}

export function reportOf(
  where: Pick<BenchReport, "adapter" | "driver" | "commit">,
  measured: readonly Measured[],
  runs: number,
  counters: Counters,
): BenchReport {
  const { adapter, driver, commit } = where;
  return { adapter, driver, commit, results: measured.map((entry) => resultOf(entry, runs)), counters };
}
