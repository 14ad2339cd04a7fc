import { useMemo } from "react";
import type { RunRecord } from "../../model/run";
import type { EvaluationPair } from "../../splitnet/evaluation";
import { classGroupsOf } from "../../state/assignment";
import type { Facts, OpenRun } from "../../state/facts";
import { Progress, Select } from "../kit/controls";
import { LitNote } from "../kit/lit";
import { Empty, Section } from "../kit/section";
import { useSelected } from "../kit/studio";
import { useChoice } from "../kit/view";
import { text } from "../text";
import { Comparison } from "./comparison";
import { ConfusionPanel } from "./confusion-panel";
import { GroupErrorsTable } from "./group-errors";
import { NETWORKS } from "./network-name";
import { RankedImages } from "./ranked-images";
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
  const [chosen, setNetwork] = useChoice("network", NETWORKS);
  const network = evaluation.split === null ? "unsplit" : chosen;
  const report = evaluation[network] ?? evaluation.unsplit;
  const groups = useMemo(() => classGroupsOf(run), [run]);
  const images = <span className="hint">{text.results.images(evaluation.unsplit.count)}</span>;
  return (
    <Section title={text.results.title} name="results" aside={images}>
      <Comparison evaluation={evaluation} tree={run.split?.tree ?? null} />
      <LitNote />
      {evaluation.split !== null && (
        <Select
          inline
          label={text.results.network}
          value={network}
          options={NETWORKS.map((value) => ({ value, name: text.results[value] }))}
          onChange={setNetwork}
        />
      )}
      <div className="results-detail">
        <ConfusionPanel report={report} network={network} record={record} groups={groups} />
        <div className="results-tables">
          <GroupErrorsTable evaluation={evaluation} groups={groups} />
          <SubsetTables evaluation={evaluation} record={record} groups={groups} />
        </div>
      </div>
      <RankedImages report={report} network={network} record={record} />
    </Section>
  );
}
