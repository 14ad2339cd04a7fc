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

/** Share of the average kept at each step by the drawn training accuracy. */
const SMOOTHING = 0.95;
const LOSS_TERMS = ["total", "crossEntropy", "l2", "overlap", "weightSplit", "uniform"] as const;

/** Loss terms; a term that is zero throughout (the penalties while fine-tuning) is left out. */
export function lossChart(curves: StageCurves, scale: AxisScale): Chart {
  const terms = LOSS_TERMS.filter((term) => columnOf(curves.steps, term).some((value) => value !== 0));
  const { series } = text.curves;
  return {
    key: "loss",
    title: text.curves.loss,
    dense: { x: scale.steps, lines: Object.fromEntries(terms.map((term) => [term, columnOf(curves.steps, term)])) },
    sparse: validationLines(curves, scale, { validationLoss: "loss" }),
    styles: [
      ...terms.map((term) => ({ key: term, name: series[term], colour: LINE_COLOURS[LOSS_TERMS.indexOf(term)]! })),
      { key: "validationLoss", name: series.validationLoss, colour: LINE_COLOURS[6], dots: true },
    ],
  };
}

/** Accuracy of batches, smoothed and raw, and of the validation images. */
export function accuracyChart(curves: StageCurves, scale: AxisScale): Chart {
  const accuracy = columnOf(curves.steps, "accuracy");
  const { series } = text.curves;
  return {
    key: "accuracy",
    title: text.curves.accuracy,
    dense: { x: scale.steps, lines: { batchAccuracy: accuracy, smoothAccuracy: smooth(accuracy, SMOOTHING) } },
    sparse: validationLines(curves, scale, { top1: "top1", top5: "top5" }),
    styles: [
      { key: "batchAccuracy", name: series.batchAccuracy, colour: LINE_COLOURS[1], faint: true },
      { key: "smoothAccuracy", name: series.smoothAccuracy, colour: LINE_COLOURS[1] },
      { key: "top1", name: series.top1, colour: LINE_COLOURS[6], dots: true },
      { key: "top5", name: series.top5, colour: LINE_COLOURS[4], dots: true },
    ],
  };
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
