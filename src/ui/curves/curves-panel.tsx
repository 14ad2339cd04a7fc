import { useMemo } from "react";
import type { RunRecord, TrainingStage } from "../../model/run";
import { axisScale, type CurveRange, epochLength, fullRange, within } from "../../state/curve-view";
import type { Curves, StageCurves } from "../../state/curves";
import { DRAWN_POINTS } from "../../state/decimate";
import type { Sleep } from "../../state/facts";
import { columnOf } from "../../state/series";
import { Select } from "../kit/controls";
import { useThrottled } from "../kit/hooks";
import { Empty, Section } from "../kit/section";
import { useSelected, useStudio } from "../kit/studio";
import { useViewed } from "../kit/view";
import { text } from "../text";
import { accuracyChart, lossChart, rateChart } from "./charts";
import { type CurveChoices, choicesOf, viewOfChoices } from "./curve-choices";
import { LinePanel } from "./line-panel";
import { marksOf } from "./marks";
import { Terms } from "./terms";
import { ViewControls } from "./view-controls";

const STAGES: readonly TrainingStage[] = ["group", "finetune"];

/** Charts are redrawn this often at most. */
const REDRAW_MILLISECONDS = 700;

/** Live curves of one stage of the open run. */
export function CurvesPanel() {
  const live = useSelected((state) => state.facts.open);
  const run = useThrottled(live, REDRAW_MILLISECONDS, (run) => run?.record.id);
  const [chosen, choose] = useViewed("stage");
  if (run === null || !hasPoints(run.curves)) {
    return (
      <Section title={text.curves.title} name="curves">
        <Empty>{text.curves.none}</Empty>
      </Section>
    );
  }
  const stage = STAGES.find((name) => name === chosen) ?? latestStage(run.curves);
  const aside = (
    <Select
      inline
      label={text.curves.stage}
      value={stage}
      options={STAGES.map((value) => ({ value, name: text.curves[value] }))}
      onChange={choose}
    />
  );
  return (
    <Section title={text.curves.title} name="curves" aside={aside}>
      <StageCharts stage={stage} curves={run.curves[stage]} record={run.record} sleeps={run.sleeps} />
    </Section>
  );
}

interface ChartsProps {
  readonly stage: TrainingStage;
  readonly curves: StageCurves;
  readonly record: RunRecord;
  readonly sleeps: readonly Sleep[];
}

function StageCharts({ stage, curves, record, sleeps }: ChartsProps) {
  const stepsPerEpoch = useSelected(({ facts }) => epochLength(facts.dataset, record, stage));
  const [choices, choose] = useChoices();
  const scale = useMemo(() => axisScale(curves, choices.axis, stepsPerEpoch), [curves, choices.axis, stepsPerEpoch]);
  const [loss, accuracy, rate] = useMemo(
    () =>
      [
        lossChart(curves, scale, choices.smoothing),
        accuracyChart(curves, scale, choices.smoothing),
        rateChart(curves, scale),
      ] as const,
    [curves, scale, choices.smoothing],
  );
  const full = fullRange(scale);
  if (full === null) return <Empty>{text.curves.none}</Empty>;
  const { zoom } = choices;
  const range = zoom?.stage === stage && zoom.axis === choices.axis ? within(full, zoom.range) : null;
  const setRange = (next: CurveRange | null): void =>
    choose({ ...choices, zoom: next === null ? null : { stage, axis: choices.axis, range: next } });
  const points = curves.steps.length;
  const marks = marksOf(stage, record, sleeps, columnOf(curves.steps, "step").at(-1) ?? 0);
  const drawn = points > DRAWN_POINTS ? text.curves.decimated(points) : text.curves.complete(points);
  const marked = marks.length > 0 ? `${text.curves.marks(marks.map(({ words }) => words).join("; "))} ` : "";
  const smoothed = text.curves.smoothed(choices.smoothing);
  const shared = { scale, full, range, onRange: setRange, stage, notes: drawn };
  return (
    <>
      <ViewControls
        axis={scale.axis}
        epochs={stepsPerEpoch !== null}
        full={full}
        range={range}
        smoothing={choices.smoothing}
        onSmoothing={(smoothing) => choose({ ...choices, smoothing })}
        onAxis={(axis) => choose({ ...choices, axis, zoom: null })}
        onRange={setRange}
      />
      <div className="charts">
        <LinePanel
          {...shared}
          notes={`${marked}${drawn} ${smoothed}`}
          chart={loss}
          height={290}
          log={choices.log}
          marks={marks}
        />
        <div className="charts-side">
          <LinePanel {...shared} notes={`${drawn} ${smoothed}`} chart={accuracy} height={150} shares />
          <LinePanel {...shared} chart={rate} height={70} />
        </div>
      </div>
      <div className="row row-spread">
        <label className="check">
          <input type="checkbox" checked={choices.log} onChange={({ target }) => choose({ ...choices, log: target.checked })} />
          {text.curves.log}
        </label>
        <p className="hint">
          {marked}
          {drawn} {smoothed} {text.curves.view.drag}
        </p>
      </div>
      <Terms stage={stage} curves={curves} config={record.config} />
    </>
  );
}

/** How the curves are looked at. */
function useChoices(): readonly [CurveChoices, (choices: CurveChoices) => void] {
  const { store } = useStudio();
  const view = useSelected((state) => state.view);
  return [useMemo(() => choicesOf(view), [view]), (next) => store.look(viewOfChoices(next))];
}

function hasPoints({ group, finetune }: Curves): boolean {
  return group.steps.length + finetune.steps.length + group.validations.length + finetune.validations.length > 0;
}

function latestStage({ finetune }: Curves): TrainingStage {
  return finetune.steps.length + finetune.validations.length > 0 ? "finetune" : "group";
}
