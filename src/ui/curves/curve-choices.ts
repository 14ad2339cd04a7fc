import type { TrainingStage } from "../../model/run";
import { CURVE_AXES, type CurveAxis, type CurveRange } from "../../state/curve-view";
import { listIn, listText, type View, type ViewName } from "../../state/view";

/** The usual one first. */
export const SMOOTHINGS = [0.95, 0, 0.6, 0.9, 0.99, 0.999] as const;
export type Smoothing = (typeof SMOOTHINGS)[number];

/** How a person looks at the curves. */
export interface CurveChoices {
  readonly axis: CurveAxis;
  readonly log: boolean;
  /** Share of the moving average kept at each step; 0 draws no average. */
  readonly smoothing: Smoothing;
  /** Of one stage and on one axis; null: everything. */
  readonly zoom: { readonly stage: TrainingStage; readonly axis: CurveAxis; readonly range: CurveRange } | null;
}

/** What the view says of the curves; what cannot be read is as usual. */
export function choicesOf(view: View): CurveChoices {
  const { axis, log, zoom, smooth } = view;
  return { axis: axisIn(axis) ?? "step", log: log === "on", smoothing: smoothingIn(smooth), zoom: zoomIn(listIn(zoom)) };
}

export function viewOfChoices({ axis, log, smoothing, zoom }: CurveChoices): Partial<Record<ViewName, string | null>> {
  return {
    axis: axis === "step" ? null : axis,
    log: log ? "on" : null,
    smooth: smoothing === SMOOTHINGS[0] ? null : String(smoothing),
    zoom: zoom === null ? null : listText([zoom.stage, zoom.axis, ...zoom.range]),
  };
}

function zoomIn([stage, axisName, from, to]: readonly string[]): CurveChoices["zoom"] {
  const axis = axisIn(axisName);
  const range = [Number(from), Number(to)] as const;
  if ((stage !== "group" && stage !== "finetune") || axis === null || !range.every(Number.isFinite)) return null;
  return { stage, axis, range };
}

function axisIn(name: string | undefined): CurveAxis | null {
  return CURVE_AXES.find((axis) => axis === name) ?? null;
}

/** The choice of that text; the usual one where there is none. */
export function smoothingIn(text: string | undefined): Smoothing {
  return SMOOTHINGS.find((smoothing) => String(smoothing) === text) ?? SMOOTHINGS[0];
}
