import { recordOf } from "../../base/record";
import { describePoint, formatValue, type SweepRun } from "../../model/sweep";
import type { FoundRun, Problem } from "./found-runs";
import { type Merged, type Overlap, standingOf } from "./merge";
import { MEASURE_NAMES, type Measure, measureOf, type Point, pointsOf, type Spread, spreadOf } from "./points";

/** Everything that merged folders hold, and everything that is wrong with them; written as report.json. */
export interface MergeReport {
  readonly version: 1;
  readonly folders: readonly string[];
  readonly points: readonly PointReport[];
  readonly runs: readonly RunReportRow[];
  readonly overlaps: readonly Overlap[];
  readonly problems: readonly Problem[];
  /** Runs of the sweep file that are in no folder; null where no file was named. */
  readonly missing: readonly { readonly id: string; readonly values: string; readonly seed: number }[] | null;
}

export interface PointReport {
  /** Fields in which the points differ, as text. */
  readonly values: Readonly<Record<string, string>>;
  readonly dataset: string | null;
  readonly runs: number;
  readonly finished: number;
  readonly measures: Readonly<Record<Measure, Spread>>;
}

export interface RunReportRow {
  readonly id: string;
  readonly values: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly state: string;
  readonly error: string | null;
  readonly dataset: string | null;
  readonly adapter: string | null;
  readonly measures: Readonly<Record<Measure, number | null>>;
  /** Group of each class, null before the split. */
  readonly classGroups: readonly number[] | null;
  readonly folder: string;
}

/** The report of merged folders; `wanted` are the runs of the sweep file, where one is named: they give the order. */
export function mergeReport(
  folders: readonly string[],
  { runs: found, overlaps }: Merged,
  problems: readonly Problem[],
  wanted: readonly SweepRun[] | null,
): MergeReport {
  const order = new Map(wanted?.map(({ id }, index) => [id, index]));
  const place = ({ id }: FoundRun): number => order.get(id) ?? order.size;
  const runs = [...found].sort((a, b) => place(a) - place(b));
  const ids = new Set(runs.map(({ id }) => id));
  const points = wanted === null ? pointsOf(runs).sort(byValues) : pointsOf(runs);
  return {
    version: 1,
    folders,
    points: points.map(pointReport),
    runs: points.flatMap((point) => point.runs.map((run) => runRow(run, point))),
    overlaps,
    problems: [...problems, ...strangers(runs, wanted)],
    missing: wanted === null ? null : wanted.filter(({ id }) => !ids.has(id)).map(missingRow),
  };
}

/** Numbers by their size. */
function byValues(a: Point, b: Point): number {
  return describePoint(a.values).localeCompare(describePoint(b.values), "en", { numeric: true });
}

function pointReport(point: Point): PointReport {
  return {
    values: textsOf(point.values),
    dataset: point.dataset,
    runs: point.runs.length,
    finished: point.runs.filter(({ finished }) => finished).length,
    measures: recordOf(MEASURE_NAMES, (measure) => spreadOf(point, measure)),
  };
}

function runRow(run: FoundRun, point: Point): RunReportRow {
  const { state, error } = standingOf(run);
  return {
    id: run.id,
    values: textsOf(point.values),
    seed: run.config.seed,
    state,
    error: error?.message ?? null,
    dataset: run.result?.record.datasetId ?? null,
    adapter: run.result?.adapter ?? null,
    measures: recordOf(MEASURE_NAMES, (measure) => measureOf(run, measure)),
    classGroups: run.result?.classGroups ?? null,
    folder: run.path,
  };
}

/** A run of another sweep is counted, and named. */
function strangers(runs: readonly FoundRun[], wanted: readonly SweepRun[] | null): Problem[] {
  if (wanted === null) return [];
  const ids = new Set(wanted.map(({ id }) => id));
  return runs
    .filter(({ id }) => !ids.has(id))
    .map(({ path }) => ({ path, reason: "is no run of the sweep file; it is counted" }));
}

function missingRow({ id, values, config }: SweepRun) {
  const texts = Object.entries(textsOf(values)).map(([path, text]) => `${path} ${text}`);
  return { id, values: texts.join(", "), seed: config.seed };
}

function textsOf(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([path, value]) => [path, formatValue(value)]));
}
