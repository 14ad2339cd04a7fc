import { csv } from "../../base/csv";
import { percent, plain, table } from "../../export/markdown";
import type { MergeReport, PointReport } from "./merge-report";
import { MEASURE_NAMES, type Measure, type Spread } from "./points";

/** The report as files, all of the same numbers. */
export function reportFiles(report: MergeReport): Readonly<Record<string, string>> {
  return {
    "report.json": `${JSON.stringify(report, null, 2)}\n`,
    "runs.csv": runsCsv(report),
    "points.csv": pointsCsv(report),
    "report.md": markdown(report),
  };
}

/** A line a run; accuracies are shares, 0..1. */
function runsCsv({ points, runs }: MergeReport): string {
  const paths = pathsOf(points);
  const rows = runs.map(({ id, state, values, seed, dataset, measures, adapter, folder, error }) => [
    id,
    state,
    ...paths.map((path) => values[path]),
    seed,
    dataset,
    ...MEASURE_NAMES.map((measure) => measures[measure]),
    adapter,
    folder,
    error,
  ]);
  return csv([["run", "state", ...paths, "seed", "dataset", ...MEASURE_NAMES, "adapter", "folder", "error"], ...rows]);
}

/** A line a point: runs, finished ones, and of each measure its mean and sample deviation. */
function pointsCsv({ points }: MergeReport): string {
  const paths = pathsOf(points);
  const rows = points.map(({ values, dataset, runs, finished, measures }) => [
    ...paths.map((path) => values[path]),
    dataset,
    runs,
    finished,
    ...MEASURE_NAMES.flatMap((measure) => [measures[measure].mean, measures[measure].deviation]),
  ]);
  const heads = MEASURE_NAMES.flatMap((measure) => [`${measure} mean`, `${measure} deviation`]);
  return csv([[...paths, "dataset", "runs", "finished", ...heads], ...rows]);
}

function markdown(report: MergeReport): string {
  const { folders, points, runs } = report;
  const finished = runs.filter(({ state }) => state === "finished").length;
  return [
    "# Runs of a sweep\n",
    `${runs.length} runs from ${folders.length} folders, ${finished} of them finished, at ${points.length} points. Accuracies are of the test images; ` +
      "means are over finished runs, each with the deviation of the sample.\n",
    pointsTable(points),
    "\n## Every seed\n",
    seedsTable(report),
    ...listed(
      "Not finished",
      runs
        .filter(({ state }) => state !== "finished")
        .map(
          ({ id, state, seed, folder, error }) =>
            `${id} (seed ${seed}): ${state}${error === null ? "" : `: ${error}`} (${folder})`,
        ),
    ),
    ...listed(
      "In no folder",
      report.missing?.map(({ id, values, seed }) => `${id}: ${values || "the base"}, seed ${seed}`) ?? [],
    ),
    ...listed(
      "In several folders",
      report.overlaps.map(
        ({ id, kind, taken, others }) => `${id}: ${OVERLAPS[kind]}: ${taken} is counted, not ${others.join(", ")}`,
      ),
    ),
    ...listed(
      "Cannot be counted as it should",
      report.problems.map(({ path, reason }) => `${path}: ${reason}`),
    ),
  ].join("\n");
}

const OVERLAPS = {
  same: "finished to the same numbers",
  differing: "FINISHED TO DIFFERENT NUMBERS",
  further: "the others had not come as far",
} as const;

/** What people look at first; the other measures are in the tables. */
const SHOWN = ["splitTop1", "unsplitTop1", "agreement"] as const satisfies readonly Measure[];
type Shown = (typeof SHOWN)[number];
const TITLES: Readonly<Record<Shown, string>> = {
  splitTop1: "split, top-1",
  unsplitTop1: "unsplit, top-1",
  agreement: "agreement",
};

function pointsTable(points: readonly PointReport[]): string {
  const paths = pathsOf(points);
  const rows = points.map((point) => [
    ...paths.map((path) => plain(point.values[path] ?? "")),
    `${point.finished} of ${point.runs}`,
    ...SHOWN.map((measure) => spreadText(measure, point.measures[measure])),
  ]);
  return table([...paths.map(plain), "finished", ...SHOWN.map((measure) => TITLES[measure])], rows);
}

function seedsTable({ points, runs }: MergeReport): string {
  const paths = pathsOf(points);
  const finished = runs.filter(({ state }) => state === "finished");
  const rows = finished.map(({ values, seed, measures }) => [
    ...paths.map((path) => plain(values[path] ?? "")),
    String(seed),
    ...SHOWN.map((measure) => valueText(measure, measures[measure] ?? null)),
  ]);
  return table([...paths.map(plain), "seed", ...SHOWN.map((measure) => TITLES[measure])], rows);
}

function spreadText(measure: Shown, { mean, deviation }: Spread): string {
  return deviation === null ? valueText(measure, mean) : `${valueText(measure, mean)} ± ${valueText(measure, deviation)}`;
}

function valueText(measure: Shown, value: number | null): string {
  if (value === null) return "-";
  return measure === "agreement" ? value.toFixed(3) : percent(value);
}

function listed(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`\n## ${title}\n`, ...lines.map((line) => `* ${plain(line)}`)];
}

function pathsOf(points: readonly PointReport[]): string[] {
  return [...new Set(points.flatMap(({ values }) => Object.keys(values)))];
}
