import type { RunRecord } from "../../model/run";
import type { EvaluationPair } from "../../splitnet/evaluation";
import { classGroupsOf } from "../../state/assignment";
import type { Facts, OpenRun } from "../../state/facts";
import { Progress } from "../kit/controls";
import { LitNote } from "../kit/lit";
import { Empty, Section } from "../kit/section";
import { useSelected } from "../kit/studio";
import { text } from "../text";
import { Comparison } from "./comparison";
import { ConfusionPanel } from "./confusion-panel";
import { SubsetTables } from "./subset-tables";

/** What the networks do on the test images. */
export function ResultsPanel() {
  const open = useSelected((state) => state.facts.open);
  const activity = useSelected((state) => state.facts.activity);
  return <ResultsView open={open} activity={activity} />;
}

interface Props {
  readonly open: OpenRun | null;
  readonly activity: Facts["activity"];
}

export function ResultsView({ open, activity }: Props) {
  if (activity.kind === "evaluating") {
    return (
      <Section title={text.results.title} name="results">
        <p>{text.stages.evaluating}</p>
        <Progress label={text.results.title} value={activity.imagesDone} max={activity.imagesTotal} />
      </Section>
    );
  }
  if (open === null || open.evaluation === null) {
    return (
      <Section title={text.results.title} name="results">
        <Empty>{text.results.none}</Empty>
      </Section>
    );
  }
  return <Evaluated run={open} evaluation={open.evaluation} record={open.record} />;
}

interface EvaluatedProps {
  readonly run: OpenRun;
  readonly evaluation: EvaluationPair;
  readonly record: RunRecord;
}

function Evaluated({ run, evaluation, record }: EvaluatedProps) {
  const groups = classGroupsOf(run);
  const images = <span className="hint">{text.results.images(evaluation.unsplit.count)}</span>;
  return (
    <Section title={text.results.title} name="results" aside={images}>
      <Comparison evaluation={evaluation} tree={run.split?.tree ?? null} />
      <LitNote />
      <div className="results-detail">
        <ConfusionPanel evaluation={evaluation} record={record} groups={groups} />
        <SubsetTables evaluation={evaluation} record={record} groups={groups} />
      </div>
    </Section>
  );
}
