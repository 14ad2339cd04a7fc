import type { ValidationColumn } from "../../model/curve-columns";
import type { AxisScale } from "../../state/curve-view";
import type { StageCurves } from "../../state/curves";
import { smooth } from "../../state/decimate";
import { columnOf } from "../../state/series";
import { LINE_COLOURS } from "../kit/palette";
import { text } from "../text";
import type { NamedLines } from "./chart-rows";

/** How a line is drawn. */
export interface LineStyle {
  readonly key: string;
  readonly name: string;
  readonly colour: string;
  readonly faint?: boolean;
  readonly dots?: boolean;
}

/** One chart: its lines at full resolution and how to draw them. */
export interface Chart {
  readonly key: "loss" | "accuracy" | "rate";
  readonly title: string;
  readonly dense: NamedLines;
  readonly sparse: NamedLines;
  readonly styles: readonly LineStyle[];
}

const LOSS_TERMS = ["total", "crossEntropy", "l2", "overlap", "weightSplit", "uniform"] as const;
/** More dots than these touch each other, and each is drawn by itself. */
const MOST_DOTS = 50;
/** Those that change with the images of a batch; the others are functions of the weights alone. */
const NOISY = new Set<(typeof LOSS_TERMS)[number]>(["total", "crossEntropy"]);

/**
 * Loss terms; a term that is zero throughout (the penalties while fine-tuning) is left out. `keep` is the share of the moving average
 * kept at each step, 0 for none.
 */
export function lossChart(curves: StageCurves, scale: AxisScale, keep: number): Chart {
  const terms = LOSS_TERMS.filter((term) => columnOf(curves.steps, term).some((value) => value !== 0));
  const smoothed = keep > 0 ? terms.filter((term) => NOISY.has(term)) : [];
  const { series } = text.curves;
  const colourOf = (term: (typeof LOSS_TERMS)[number]): string => LINE_COLOURS[LOSS_TERMS.indexOf(term)]!;
  const lines = [
    ...terms.map((term) => [term, columnOf(curves.steps, term)] as const),
    ...smoothed.map((term) => [`${term}Smooth`, smooth(columnOf(curves.steps, term), keep)] as const),
  ];
  return {
    key: "loss",
    title: text.curves.loss,
    dense: { x: scale.steps, lines: Object.fromEntries(lines) },
    sparse: validationLines(curves, scale, { validationLoss: "loss" }),
    styles: [
      ...terms.map((term) => ({ key: term, name: series[term], colour: colourOf(term), faint: smoothed.includes(term) })),
      ...smoothed.map((term) => ({
        key: `${term}Smooth`,
        name: text.curves.smoothedName(series[term]),
        colour: colourOf(term),
      })),
      { key: "validationLoss", name: series.validationLoss, colour: LINE_COLOURS[6], dots: hasDots(curves) },
    ],
  };
}

/** Accuracy of batches, raw and, where `keep` is above 0, smoothed, and of the validation images. */
export function accuracyChart(curves: StageCurves, scale: AxisScale, keep: number): Chart {
  const batchAccuracy = columnOf(curves.steps, "accuracy");
  const { series } = text.curves;
  const smoothed = keep > 0;
  return {
    key: "accuracy",
    title: text.curves.accuracy,
    dense: {
      x: scale.steps,
      lines: smoothed ? { batchAccuracy, smoothAccuracy: smooth(batchAccuracy, keep) } : { batchAccuracy },
    },
    sparse: validationLines(curves, scale, { top1: "top1", top5: "top5" }),
    styles: [
      { key: "batchAccuracy", name: series.batchAccuracy, colour: LINE_COLOURS[1], faint: smoothed },
      ...(smoothed ? [{ key: "smoothAccuracy", name: series.smoothAccuracy, colour: LINE_COLOURS[1] }] : []),
      { key: "top1", name: series.top1, colour: LINE_COLOURS[6], dots: hasDots(curves) },
      { key: "top5", name: series.top5, colour: LINE_COLOURS[4], dots: hasDots(curves) },
    ],
  };
}

function hasDots({ validations }: StageCurves): boolean {
  return validations.length <= MOST_DOTS;
}

export function rateChart(curves: StageCurves, scale: AxisScale): Chart {
  return {
    key: "rate",
    title: text.curves.learningRate,
    dense: { x: scale.steps, lines: { learningRate: columnOf(curves.steps, "learningRate") } },
    sparse: { x: new Float64Array(0), lines: {} },
    styles: [{ key: "learningRate", name: text.curves.series.learningRate, colour: LINE_COLOURS[0] }],
  };
}

function validationLines(curves: StageCurves, scale: AxisScale, columns: Readonly<Record<string, ValidationColumn>>): NamedLines {
  const lines = Object.fromEntries(Object.entries(columns).map(([key, column]) => [key, columnOf(curves.validations, column)]));
  return { x: scale.validations, lines };
}
