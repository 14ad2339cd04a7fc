import { useMemo } from "react";
import { COMPARABLE_METRICS, type ComparableMetric, STEP_VALUES, type TrainingStage } from "../../model/run";
import { seedGroups } from "../../state/comparison";
import { CURVE_AXES } from "../../state/curve-view";
import { Check, Select } from "../kit/controls";
import { decimal, percent } from "../kit/format";
import { Empty } from "../kit/section";
import { useSelected } from "../kit/studio";
import { useChoice } from "../kit/view";
import { text } from "../text";
import { CompareChart } from "./compare-chart";
import { commonAxis, comparedLines } from "./compared-lines";
import type { ShownLine } from "./shown";

const SHARES: ReadonlySet<ComparableMetric> = new Set<ComparableMetric>(["top1", "top5", "accuracy"]);
const PER_STEP: ReadonlySet<ComparableMetric> = new Set<ComparableMetric>(STEP_VALUES);

const share = (value: number): string => percent(value);

interface Props {
  readonly shown: readonly ShownLine[];
  /** What the lines at hand are of, and whether seeds are drawn as their mean. */
  readonly stage: TrainingStage;
  readonly metric: ComparableMetric;
  readonly means: boolean;
}

/** Curves of the runs over each other, a metric at a time. */
export function Overlay({ shown, stage, metric, means }: Props) {
  const dataset = useSelected((state) => state.facts.dataset);
  const [wanted, chooseAxis] = useChoice("axis", CURVE_AXES);
  const [smoothing, smooth] = useChoice("compare.smooth", ["on", "off"]);
  const axis = commonAxis(shown, wanted, dataset, stage);
  const smoothed = smoothing === "on" && PER_STEP.has(metric) && metric !== "learningRate";
  const lines = useMemo(
    () => comparedLines(shown, dataset, { stage, axis, smoothed, means }),
    [shown, dataset, stage, axis, smoothed, means],
  );
  const groups = useMemo(() => seedGroups(shown.map(({ record }) => record)), [shown]);
  const show = SHARES.has(metric) ? share : decimal;
  const notes = [
    smoothed && text.compare.smoothed,
    means && groups.length > 0 && meanNote(axis === "time", groups),
    text.compare.drawn,
  ]
    .filter(Boolean)
    .join(" ");
  return (
    <>
      <div className="row">
        <Select
          inline
          label={text.compare.axis}
          value={axis}
          options={CURVE_AXES.map((value) => ({ value, name: text.curves.view.axes[value] }))}
          onChange={chooseAxis}
        />
        {PER_STEP.has(metric) && metric !== "learningRate" && (
          <Check label={text.compare.smooth} on={smoothing === "on"} onChange={(on) => smooth(on ? "on" : "off")} />
        )}
      </div>
      {lines.length === 0 ? (
        <Empty>{text.compare.noPoints}</Empty>
      ) : (
        <>
          <CompareChart
            title={text.compare.metrics[metric]}
            lines={lines}
            axis={axis}
            caption={[text.compare.pictured(stage, axis), notes]}
            show={show}
          />
          <p className="hint">{notes}</p>
        </>
      )}
    </>
  );
}

function meanNote(onTime: boolean, groups: readonly (readonly string[])[]): string {
  return onTime ? text.compare.noTime : text.compare.meanIs(groups.map((ids) => ids.length).join(", "));
}

interface MetricProps {
  readonly stage: TrainingStage;
  readonly metric: ComparableMetric;
  readonly onStage: (stage: string) => void;
  readonly onMetric: (metric: string) => void;
}

/** Which curves are read. */
export function MetricChoice({ stage, metric, onStage, onMetric }: MetricProps) {
  return (
    <div className="row">
      <Select
        inline
        label={text.compare.metric}
        value={metric}
        options={COMPARABLE_METRICS.map((value) => ({ value, name: text.compare.metrics[value] }))}
        onChange={onMetric}
      />
      <Select
        inline
        label={text.compare.stage}
        value={stage}
        options={(["group", "finetune"] as const).map((value) => ({ value, name: text.curves[value] }))}
        onChange={onStage}
      />
    </div>
  );
}
