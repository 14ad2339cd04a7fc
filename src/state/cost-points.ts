import type { Cost } from "../model/cost";
import { PUBLISHED_RESULTS } from "../splitnet/published-results";
import type { ComparedRow, ComparedRun } from "./compared-rows";
import { spreadOf } from "./spread";

/** A network in the chart of accuracy against cost. */
export interface CostPoint {
  readonly key: string;
  readonly name: string;
  readonly split: boolean;
  /** Table of the paper that it stands in; null for a run of ours. */
  readonly published: 1 | 2 | null;
  /** Of several runs their means. */
  readonly cost: Cost;
  /** Test top-1, 0..1. */
  readonly top1: number;
  /** Sample standard deviation of it over the runs; null for a single one. */
  readonly deviation: number | null;
  /** How many runs it is of. */
  readonly count: number;
}

/** The evaluated networks of the rows: before the split, after it, or both. */
export function costPoints(rows: readonly ComparedRow[], nameOf: (row: ComparedRow) => string): readonly CostPoint[] {
  return rows.flatMap((row) =>
    (["unsplit", "split"] as const).flatMap((network): CostPoint[] => {
      const measured = row.runs.flatMap(({ summary }) => pointOf(summary, network) ?? []);
      const spread = spreadOf(measured.map(({ top1 }) => top1));
      if (spread === null) return [];
      const { mean: top1, deviation, count } = spread;
      const mean = (of: keyof Cost): number => spreadOf(measured.map(({ cost }) => cost[of]))!.mean;
      const cost = { parameters: mean("parameters"), flops: mean("flops") };
      const split = network === "split";
      return [{ key: `${row.key} ${network}`, name: nameOf(row), split, published: null, cost, top1, deviation, count }];
    }),
  );
}

/** What the paper reports of CIFAR-100. */
export function publishedPoints(): readonly CostPoint[] {
  return PUBLISHED_RESULTS.map(({ network, split, cost, top1, table }) => ({
    ...{ key: `published ${network}`, name: network, split, published: table, cost, top1 },
    ...{ deviation: null, count: 1 },
  }));
}

function pointOf(
  summary: ComparedRun["summary"],
  network: "unsplit" | "split",
): { readonly cost: Cost; readonly top1: number } | null {
  const [cost, top1] = [summary.cost[network], summary[network]];
  return cost === null || top1 === null ? null : { cost, top1 };
}
