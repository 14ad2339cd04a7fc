import type { TrainingStage } from "../../model/run";
import { meanOfLines, type PlainLine, seedGroups } from "../../state/comparison";
import type { CurveAxis } from "../../state/curve-view";
import { ascending, epochLength, MINUTE_MS } from "../../state/curve-view";
import { decimate, smooth } from "../../state/decimate";
import type { DatasetFact } from "../../state/facts";
import { groupColour } from "../kit/palette";
import { text } from "../text";
import type { Shown, ShownLine } from "./shown";

/** A line of the chart at full resolution, and how it is drawn. */
export interface ComparedLine extends PlainLine {
  readonly key: string;
  readonly name: string;
  readonly colour: string;
  readonly dash: string;
  /** Of a mean over so many runs; null for a run. */
  readonly mean: { readonly deviation: Float64Array; readonly runs: number } | null;
}

/** Lines of one colour differ in their dashes, and neighbours in both. */
const DASHES = ["", "6 3", "2 2", "9 3 2 3"] as const;

/** Share of the average kept at each step. */
const SMOOTHING = 0.95;

interface Choices {
  readonly stage: TrainingStage;
  readonly axis: CurveAxis;
  readonly smoothed: boolean;
  readonly means: boolean;
}

/** The axis that all runs have: steps where the data set of one of them is not at hand to count its epochs. */
export function commonAxis(shown: readonly Shown[], axis: CurveAxis, dataset: DatasetFact, stage: TrainingStage): CurveAxis {
  const counted = shown.every(({ record }) => epochLength(dataset, record, stage) !== null);
  return axis === "epoch" && !counted ? "step" : axis;
}

/** One line a run; with `means`, one for all that differ only in their seed. Runs without a point have none. */
export function comparedLines(shown: readonly ShownLine[], dataset: DatasetFact, choices: Choices): readonly ComparedLine[] {
  const lines = shown.map((one) => runLine(one, dataset, choices));
  const groups = choices.means && choices.axis !== "time" ? seedGroups(shown.map(({ record }) => record)) : [];
  const grouped = new Set(groups.flat());
  const means = groups.map((ids) =>
    meanLine(
      shown.filter(({ record }) => ids.includes(record.id)),
      lines.filter(({ key }) => ids.includes(key)),
    ),
  );
  return [...means, ...lines.filter(({ key }) => !grouped.has(key))].filter(({ x }) => x.length > 0);
}

function runLine(
  { record, line, name, number }: ShownLine,
  dataset: DatasetFact,
  { stage, axis, smoothed }: Choices,
): ComparedLine {
  const { steps, times, values } = line;
  const epoch = epochLength(dataset, record, stage) ?? 1;
  const first = times[0] ?? 0;
  const x =
    axis === "time"
      ? ascending(times.map((time) => (time - first) / MINUTE_MS))
      : steps.map((step) => step / (axis === "epoch" ? epoch : 1));
  const y = smoothed ? smooth(values, SMOOTHING) : values;
  return { key: record.id, name: `${number}: ${name}`, ...styleOf(number), x, y, mean: null };
}

function meanLine(shown: readonly Shown[], lines: readonly ComparedLine[]): ComparedLine {
  const [first] = shown;
  const { x, y, deviation } = meanOfLines(lines);
  const numbers = shown.map(({ number }) => number).join(" + ");
  const seeds = shown.map(({ record }) => record.config.seed).join(", ");
  const name = text.compare.meanName(numbers, shown.length, seeds);
  return { key: `mean ${first?.record.id}`, name, ...styleOf(first?.number ?? 1), x, y, mean: { deviation, runs: shown.length } };
}

/** How the run of that number, from 1, is drawn. */
export function styleOf(number: number): Pick<ComparedLine, "colour" | "dash"> {
  return { colour: groupColour(number - 1), dash: DASHES[(number - 1) % DASHES.length]! };
}

/** A row of the chart: x, values by key, and bands of a mean by its key with "band" behind it. */
export type LineRow = { x: number } & Record<string, number | readonly [number, number]>;

/** Points of all lines together, about. */
const ALL_POINTS = 2000;

/** Rows for drawing, ascending in x. */
export function lineRows(lines: readonly ComparedLine[]): LineRow[] {
  const points = Math.max(100, Math.floor(ALL_POINTS / lines.length));
  const rows = lines.flatMap(({ key, x, y, mean }) => {
    const ys = mean === null ? [y] : [y, band(y, mean.deviation, -1), band(y, mean.deviation, 1)];
    const drawn = decimate({ x, ys }, points);
    return Array.from(drawn.x, (position, index): LineRow => {
      const row: LineRow = { x: position };
      const [value, low, high] = drawn.ys.map((values) => values[index]!);
      if (Number.isFinite(value)) row[key] = value!;
      if (low !== undefined && high !== undefined) row[`${key}band`] = [low, high];
      return row;
    });
  });
  return rows.sort((a, b) => a.x - b.x);
}

function band(y: Float64Array, deviation: Float64Array, sign: number): Float64Array {
  return y.map((value, index) => value + sign * deviation[index]!);
}
