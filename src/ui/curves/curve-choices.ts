import type { TrainingStage } from "../../model/run";
import { CURVE_AXES, type CurveAxis, type CurveRange } from "../../state/curve-view";
import { listIn, listText, type View, type ViewName } from "../../state/view";

/** How a person looks at the curves. */
export interface CurveChoices {
  readonly axis: CurveAxis;
  readonly log: boolean;
  /** Of one stage and on one axis; null: everything. */
  readonly zoom: { readonly stage: TrainingStage; readonly axis: CurveAxis; readonly range: CurveRange } | null;
}

/** What the view says of the curves; what cannot be read is as usual. */
export function choicesOf(view: View): CurveChoices {
  return { axis: axisIn(view.axis) ?? "step", log: view.log === "on", zoom: zoomIn(listIn(view.zoom)) };
}

export function viewOfChoices({ axis, log, zoom }: CurveChoices): Partial<Record<ViewName, string | null>> {
  return {
    axis: axis === "step" ? null : axis,
    log: log ? "on" : null,
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
