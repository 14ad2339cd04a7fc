import { useMemo, useState } from "react";
import type { TrainingStage } from "../../model/run";
import type { Curves, StageCurves } from "../../state/curves";
import { DRAWN_POINTS } from "../../state/decimate";
import { Select } from "../kit/controls";
import { useThrottled } from "../kit/hooks";
import { Empty, Section } from "../kit/section";
import { useSelected } from "../kit/studio";
import { text } from "../text";
import { accuracyChart, lossChart, rateChart } from "./charts";
import { LinePanel } from "./line-panel";
import { type Mark, marksOf } from "./marks";

/** Charts are redrawn this often at most. */
const REDRAW_MILLISECONDS = 700;

const NONE: readonly never[] = [];

/** Live curves of one stage of the open run. */
export function CurvesPanel() {
  const live = useSelected((state) => state.facts.open?.curves ?? null);
  const curves = useThrottled(live, REDRAW_MILLISECONDS);
  const sleeps = useSelected((state) => state.facts.open?.sleeps ?? NONE);
  const resumes = useSelected((state) => state.facts.open?.record.resumes ?? NONE);
  const [chosen, setChosen] = useState<TrainingStage | null>(null);
  if (curves === null || !hasPoints(curves)) {
    return (
      <Section title={text.curves.title} name="curves">
        <Empty>{text.curves.none}</Empty>
      </Section>
    );
  }
  const stage = chosen ?? latestStage(curves);
  const options = [
    { value: "group", name: text.curves.group },
    { value: "finetune", name: text.curves.finetune },
  ];
  const aside = (
    <Select
      inline
      label={text.curves.stage}
      value={stage}
      options={options}
      onChange={(value) => setChosen(value === "finetune" ? "finetune" : "group")}
    />
  );
  return (
    <Section title={text.curves.title} name="curves" aside={aside}>
      <StageCharts curves={curves[stage]} marks={marksOf(stage, resumes, sleeps)} />
    </Section>
  );
}

interface ChartsProps {
  readonly curves: StageCurves;
  readonly marks: readonly Mark[];
}

function StageCharts({ curves, marks }: ChartsProps) {
  const [log, setLog] = useState(false);
  const [loss, accuracy, rate] = useMemo(() => [lossChart(curves), accuracyChart(curves), rateChart(curves)] as const, [curves]);
  const points = curves.steps.length;
  return (
    <>
      <div className="charts">
        <LinePanel chart={loss} height={290} log={log} marks={marks} />
        <div className="charts-side">
          <LinePanel chart={accuracy} height={150} shares />
          <LinePanel chart={rate} height={70} />
        </div>
      </div>
      <div className="row row-spread">
        <label className="check">
          <input type="checkbox" checked={log} onChange={(event) => setLog(event.target.checked)} />
          {text.curves.log}
        </label>
        <p className="hint">
          {marks.length > 0 && `${text.curves.marks(marks.map(({ words }) => words).join("; "))} `}
          {points > DRAWN_POINTS / 2 ? text.curves.decimated(points) : text.curves.complete(points)} {text.curves.smoothed}
        </p>
      </div>
    </>
  );
}

function hasPoints({ group, finetune }: Curves): boolean {
  return group.steps.length + finetune.steps.length + group.validations.length + finetune.validations.length > 0;
}

function latestStage({ finetune }: Curves): TrainingStage {
  return finetune.steps.length + finetune.validations.length > 0 ? "finetune" : "group";
}
