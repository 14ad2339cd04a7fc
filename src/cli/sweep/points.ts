import { deviation, mean } from "../../base/statistics";
import type { Config } from "../../model/config";
import { configValues, differingPaths } from "../../model/config-values";
import { type PointValues, sweepRunId } from "../../model/sweep";
import type { FoundRun } from "./found-runs";

/** What runs are compared by. Accuracies and the loss are of the test images. */
export const MEASURES = {
  splitTop1: ({ evaluation }) => evaluation?.split?.top1 ?? null,
  unsplitTop1: ({ evaluation }) => evaluation?.unsplit.top1 ?? null,
  splitTop5: ({ evaluation }) => evaluation?.split?.top5 ?? null,
  splitLoss: ({ evaluation }) => evaluation?.split?.loss ?? null,
  agreement: ({ agreement }) => agreement,
  seconds: ({ seconds }) => seconds,
} as const satisfies Readonly<Record<string, (result: NonNullable<FoundRun["result"]>) => number | null>>;
export type Measure = keyof typeof MEASURES;
export const MEASURE_NAMES: readonly Measure[] = ["splitTop1", "unsplitTop1", "splitTop5", "splitLoss", "agreement", "seconds"];

/** The measure of a run, null where the run has none. */
export function measureOf(run: FoundRun, measure: Measure): number | null {
  return run.result === null ? null : MEASURES[measure](run.result);
}

/** Of the SHA-256 of a data set, which is its id. */
const ID_DIGITS = 12;

/** The runs of a sweep that differ in their seeds alone, on the same images. */
export interface Point {
  readonly values: PointValues;
  readonly dataset: string | null;
  readonly runs: readonly FoundRun[];
}

/** Points in the order of their first runs, runs in that of their seeds; values are the fields in which any two of them differ. */
export function pointsOf(runs: readonly FoundRun[]): Point[] {
  const paths = differingPaths(runs.map(({ config }) => config));
  const points = new Map<string, Point & { readonly runs: FoundRun[] }>();
  const datasets = datasetsByConfig(runs);
  for (const run of runs) {
    const config = seedless(run.config);
    // A run that was not begun is of the images of those that were.
    const dataset = run.result?.record.datasetId ?? datasets.get(config) ?? null;
    const key = `${config} ${dataset}`;
    const values = configValues(run.config);
    const point = points.get(key) ?? {
      values: Object.fromEntries(paths.map((path) => [path, values[path]])),
      dataset,
      runs: [],
    };
    point.runs.push(run);
    points.set(key, point);
  }
  for (const point of points.values()) point.runs.sort((a, b) => a.config.seed - b.config.seed);
  return withDatasets([...points.values()]);
}

/** Where the images are not the same everywhere, they are a value of their own. */
function withDatasets(points: readonly Point[]): Point[] {
  const several = new Set(points.map(({ dataset }) => dataset)).size > 1;
  return points.map((point) =>
    several ? { ...point, values: { ...point.values, images: point.dataset?.slice(0, ID_DIGITS) ?? "" } } : point,
  );
}

function datasetsByConfig(runs: readonly FoundRun[]): ReadonlyMap<string, string> {
  return new Map(runs.flatMap(({ config, result }) => (result === null ? [] : [[seedless(config), result.record.datasetId]])));
}

function seedless(config: Config): string {
  return sweepRunId({ ...config, seed: 0 });
}

/** Mean and deviation of what finished runs came to, and each of them by its seed. */
export interface Spread {
  readonly count: number;
  readonly mean: number | null;
  /** Of the sample: over count - 1; null below two. */
  readonly deviation: number | null;
  readonly bySeed: readonly { readonly seed: number; readonly value: number }[];
}

export function spreadOf({ runs }: Point, measure: Measure): Spread {
  const bySeed = runs.flatMap((run) => {
    const value = run.finished ? measureOf(run, measure) : null;
    return value === null ? [] : [{ seed: run.config.seed, value }];
  });
  const values = bySeed.map(({ value }) => value);
  return {
    count: values.length,
    mean: values.length === 0 ? null : mean(values),
    deviation: values.length < 2 ? null : deviation(values),
    bySeed,
  };
}
