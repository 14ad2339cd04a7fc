import { type HostTensor, hostTensor } from "../base/tensor";
import type { Dataset } from "../data/dataset";
import { splitTrainValidation } from "../data/split";
import { groupingSpec } from "../model/build";
import type { Config } from "../model/config";
import type { StepMetric } from "../model/run";
import { cutNetwork } from "../splitnet/pipeline";
import { identityOrder } from "../splitnet/plan";
import type { Backend } from "./backend";
import { type FitOptions, fit } from "./fit";
import { initialState, startingFrom, type TrainState } from "./state";

/** Both stages trained in full and in half precision, and how far apart their losses are; for tests. */

/** Losses of a training by step. */
export type Curve = readonly number[];

/** What a training reported of every step. */
export interface Trained {
  readonly group: readonly StepMetric[];
  readonly finetune: readonly StepMetric[];
}

/**
 * Trains stage 1, splits, trains stage 2; groups without members get their nearest ones. `nudge` changes every initial parameter by that
 * share of itself: what rounding alone does to a training in the long run shows between two that differ in it.
 */
export async function trainBothStages({ prepare }: Backend, dataset: Dataset, config: Config, nudge = 0): Promise<Trained> {
  const classes = dataset.classes.length;
  const split = splitTrainValidation(dataset.train.count, 1);
  const common = { config, dataset, split, checkpointRequested: () => false, now: () => 0 };
  const train = (options: Pick<FitOptions, "stage" | "spec" | "classOrder" | "start">) =>
    collected(fit({ ...common, ...options }, prepare));
  const dense = groupingSpec(config, classes);
  const start = nudged(initialState(dense, config.seed), nudge);
  const grouped = await train({ stage: "group", spec: dense, classOrder: identityOrder(classes), start });
  const { plan, sliced } = cutNetwork({ ...config, emptyGroups: "assign-nearest" }, classes, grouped.state);
  const finetuned = await train({
    stage: "finetune",
    spec: plan.spec,
    classOrder: plan.classOrder,
    start: startingFrom(sliced.parameters, sliced.statistics),
  });
  return { group: grouped.metrics, finetune: finetuned.metrics };
}

/** Every other parameter becomes larger, the rest smaller. */
function nudged(state: TrainState, share: number): TrainState {
  const parameters = [...state.parameters].map(([name, { shape, data }]): [string, HostTensor] => [
    name,
    hostTensor(
      shape,
      data.map((value, index) => value * (1 + (index % 2 === 0 ? share : -share))),
    ),
  ]);
  return { ...state, parameters: new Map(parameters) };
}

async function collected(facts: ReturnType<typeof fit>): Promise<{ metrics: StepMetric[]; state: TrainState }> {
  const metrics: StepMetric[] = [];
  for (;;) {
    const next = await facts.next();
    if (next.done) return { metrics, state: next.value };
    if (next.value.kind === "steps") metrics.push(...next.value.metrics);
  }
}

/** How far trainings are from others of the same seeds, and what to compare that with: how far those of different seeds are apart. */
export interface CurveDistance {
  /** Means over the last steps of each curve. */
  readonly tails: readonly number[];
  readonly otherTails: readonly number[];
  /** Root mean square over seeds of the differences of these means. */
  readonly tailDistance: number;
  /** Root mean square over pairs of seeds. */
  readonly tailSpread: number;
  /** The same for all steps of the smoothed curves. */
  readonly curveDistance: number;
  readonly curveSpread: number;
  /** Largest difference between smoothed curves of one seed. */
  readonly largestDistance: number;
  /** Largest difference between smoothed curves of two seeds. */
  readonly largestSpread: number;
}

/**
 * Compares curves of equal length, `curves[i]` and `others[i]` of one seed; seeds are told apart by `curves` alone. `window` steps are
 * averaged, the last `tail` are the tail. Differences are held against differences, never against a deviation, which is smaller by the
 * root of 2.
 */
export function curveDistance(curves: readonly Curve[], others: readonly Curve[], window: number, tail: number): CurveDistance {
  const tailOf = (curve: Curve): Curve => [mean(curve.slice(-tail))];
  const smooth = (curve: Curve): Curve => smoothed(curve, window);
  const [tails, otherTails] = [curves.map(tailOf), others.map(tailOf)];
  const [smoothCurves, smoothOthers] = [curves.map(smooth), others.map(smooth)];
  const [tailDifferences, tailSpreads] = [sameSeed(tails, otherTails), betweenSeeds(tails)];
  const [differences, spreads] = [sameSeed(smoothCurves, smoothOthers), betweenSeeds(smoothCurves)];
  return {
    tails: tails.flat(),
    otherTails: otherTails.flat(),
    tailDistance: rootMeanSquare(tailDifferences),
    tailSpread: rootMeanSquare(tailSpreads),
    curveDistance: rootMeanSquare(differences),
    curveSpread: rootMeanSquare(spreads),
    largestDistance: largest(differences),
    largestSpread: largest(spreads),
  };
}

function sameSeed(curves: readonly Curve[], others: readonly Curve[]): number[] {
  return curves.flatMap((curve, seed) => curve.map((value, step) => others[seed]![step]! - value));
}

function betweenSeeds(curves: readonly Curve[]): number[] {
  return curves.flatMap((curve, seed) =>
    curves.slice(seed + 1).flatMap((other) => curve.map((value, step) => other[step]! - value)),
  );
}

/** Means of `window` steps, for every place where so many are left. */
function smoothed(curve: Curve, window: number): Curve {
  return Array.from({ length: curve.length - window + 1 }, (_, start) => mean(curve.slice(start, start + window)));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(mean(values.map((value) => value * value)));
}

function largest(values: readonly number[]): number {
  return Math.max(...values.map(Math.abs));
}
