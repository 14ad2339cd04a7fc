import type { RunRecord, TrainingStage } from "../model/run";
import type { StageCurves } from "./curves";
import type { DatasetFact } from "./facts";
import { columnOf, indexFrom } from "./series";

/** What the x axis counts: steps, passes over the training images, or minutes since the stage's first step. */
export const CURVE_AXES = ["step", "epoch", "time"] as const;
export type CurveAxis = (typeof CURVE_AXES)[number];

/** The stretch of x that is drawn. */
export type CurveRange = readonly [from: number, to: number];

/** A stage's points on an axis. */
export interface AxisScale {
  readonly axis: CurveAxis;
  /** x of every step and of every validation; both ascend. */
  readonly steps: Float64Array;
  readonly validations: Float64Array;
  /** x of a step of the stage, which need not have a point. */
  readonly at: (step: number) => number;
}

/** `stepsPerEpoch` is null where the data set is not known: then there are no epochs. */
export function axisScale(curves: StageCurves, axis: CurveAxis, stepsPerEpoch: number | null): AxisScale {
  const steps = columnOf(curves.steps, "step");
  const validations = columnOf(curves.validations, "step");
  if (axis === "time") return timeScale(curves, steps);
  const unit = axis === "epoch" && stepsPerEpoch !== null ? stepsPerEpoch : 1;
  const at = (step: number): number => step / unit;
  return unit === 1
    ? { axis: "step", steps, validations, at }
    : { axis, steps: steps.map(at), validations: validations.map(at), at };
}

export const MINUTE_MS = 60_000;

function timeScale(curves: StageCurves, steps: Float64Array): AxisScale {
  const times = columnOf(curves.steps, "time");
  const first = times[0] ?? columnOf(curves.validations, "time")[0] ?? 0;
  const minutes = ascending(times.map((time) => (time - first) / MINUTE_MS));
  const at = (step: number): number => minutes[Math.min(indexFrom(steps, step), minutes.length - 1)] ?? 0;
  const validations = ascending(columnOf(curves.validations, "time").map((time) => (time - first) / MINUTE_MS));
  return { axis: "time", steps: minutes, validations, at };
}

/** A clock that was set back, or another machine's, must not turn the curve round. */
export function ascending(values: Float64Array): Float64Array {
  let latest = Number.NEGATIVE_INFINITY;
  return values.map((value) => {
    latest = Math.max(latest, value);
    return latest;
  });
}

/** Steps that see as many images as the stage trains on; null where the run's data set is not the one at hand. */
export function epochLength(dataset: DatasetFact, { datasetId, config }: RunRecord, stage: TrainingStage): number | null {
  if (dataset.kind !== "stored" || dataset.dataset.id !== datasetId) return null;
  const { trainCount, validationCount } = dataset.dataset;
  return (trainCount - validationCount) / config[stage].batchSize;
}

/** First and last x of a stage; null before its first point. */
export function fullRange({ steps, validations }: AxisScale): CurveRange | null {
  const ends = [steps, validations].flatMap((x) => (x.length === 0 ? [] : [x[0]!, x.at(-1)!]));
  return ends.length === 0 ? null : [Math.min(...ends), Math.max(...ends)];
}

/** The range made `factor` times as long around its middle, within the full one; null once it is all of it. */
export function zoomed(full: CurveRange, range: CurveRange | null, factor: number): CurveRange | null {
  const [from, to] = range ?? full;
  const [middle, half] = [(from + to) / 2, ((to - from) * factor) / 2];
  return within(full, [middle - half, middle + half]);
}

/** The range moved by a share of its length, within the full one. */
export function panned(full: CurveRange, range: CurveRange, share: number): CurveRange | null {
  const by = (range[1] - range[0]) * share;
  return within(full, [range[0] + by, range[1] + by]);
}

/** The range, of the same length if it fits, moved into the full one; null where it is as long. */
export function within(full: CurveRange, [from, to]: CurveRange): CurveRange | null {
  const length = to - from;
  if (!(length > 0) || length >= full[1] - full[0]) return null;
  const start = Math.min(Math.max(from, full[0]), full[1] - length);
  return [start, start + length];
}
