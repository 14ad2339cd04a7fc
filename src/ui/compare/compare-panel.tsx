import { useEffect, useMemo } from "react";
import { COMPARABLE_METRICS, MOST_COMPARED, type RunRecord } from "../../model/run";
import type { ComparisonView } from "../../protocol/views";
import { COMPARISON_ORDERS, sortedRuns } from "../../state/comparison";
import { listIn } from "../../state/view";
import { Button } from "../kit/controls";
import { runName } from "../kit/run-name";
import { Empty, Pending, Section } from "../kit/section";
import { useSelected, useStudio } from "../kit/studio";
import { useChoice, useViewed } from "../kit/view";
import { text } from "../text";
import { CompareTable } from "./compare-table";
import { Differences } from "./differences";
import { MetricChoice, Overlay } from "./overlay";
import type { Shown } from "./shown";

/** The runs ticked in the list, side by side. */
export function ComparePanel() {
  const [ticked, tick] = useViewed("compare");
  const runs = useSelected((state) => state.facts.runs);
  const wanted = useMemo(() => listIn(ticked ?? undefined).slice(0, MOST_COMPARED), [ticked]);
  const records = useMemo(() => wanted.flatMap((id) => runs?.find((record) => record.id === id) ?? []), [wanted, runs]);
  const aside = wanted.length > 0 && (
    <Button kind="quiet" onClick={() => tick(null)}>
      {text.compare.clear}
    </Button>
  );
  const missing = runs === null ? 0 : wanted.length - records.length;
  return (
    <Section title={text.compare.title} name="compare" aside={aside}>
      {records.length < 2 ? <Empty>{text.compare.none}</Empty> : <Compared records={records} />}
      {missing > 0 && <p className="hint">{text.compare.missing(missing)}</p>}
    </Section>
  );
}

function Compared({ records }: { readonly records: readonly RunRecord[] }) {
  const { send } = useStudio();
  const comparison = useSelected((state) => state.facts.comparison);
  const activity = useSelected((state) => state.facts.activity);
  const [stage, chooseStage] = useChoice("compare.stage", ["group", "finetune"]);
  const [metric, chooseMetric] = useChoice("compare.metric", COMPARABLE_METRICS);
  const [order, chooseOrder] = useChoice("compare.sort", COMPARISON_ORDERS);
  // Asked for anew when one of them has come further.
  const state = records.map(({ id, phase, checkpointStep, evaluated }) => [id, phase, checkpointStep, evaluated]);
  const request = JSON.stringify([stage, metric, state]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the request is told by what it is made of
  useEffect(() => {
    send({ kind: "compareRuns", runIds: records.map(({ id }) => id), stage, metric });
  }, [send, request]);
  const shown = useShown(records, comparison);
  if (comparison === null || shown.length === 0) return <Pending>{text.compare.pending}</Pending>;
  const sorted = sortedRuns(
    shown.map(({ run }) => run),
    order,
    (id) => records.find((record) => record.id === id)?.createdAt ?? 0,
  );
  const rows = sorted.flatMap(({ runId }) => shown.find(({ record }) => record.id === runId) ?? []);
  const running = "runId" in activity ? activity.runId : null;
  return (
    <>
      <Unreadable records={records} comparison={comparison} />
      <CompareTable shown={rows} order={order} onOrder={chooseOrder} running={running} />
      <Differences shown={shown} />
      <MetricChoice stage={stage} metric={metric} onStage={chooseStage} onMetric={chooseMetric} />
      <Overlay shown={shown} stage={comparison.stage} metric={comparison.metric} />
    </>
  );
}

/** The ticked runs that have been read, numbered as they were ticked. */
function useShown(records: readonly RunRecord[], comparison: ComparisonView | null): readonly Shown[] {
  const descriptions = useSelected((state) => state.facts.descriptions);
  return useMemo(
    () =>
      records.flatMap((record, index): Shown[] => {
        const run = comparison?.runs.find(({ runId }) => runId === record.id);
        return run === undefined ? [] : [{ record, run, name: runName(record, descriptions[record.id]), number: index + 1 }];
      }),
    [records, comparison, descriptions],
  );
}

interface UnreadableProps {
  readonly records: readonly RunRecord[];
  readonly comparison: ComparisonView;
}

function Unreadable({ records, comparison }: UnreadableProps) {
  const descriptions = useSelected((state) => state.facts.descriptions);
  return comparison.unreadable.map(({ runId, error }) => {
    const record = records.find(({ id }) => id === runId);
    return record === undefined ? null : (
      <div key={runId} className="notice notice-warn" role="alert">
        <p className="notice-title">{text.compare.unreadable(runName(record, descriptions[runId]), error.message)}</p>
        <p>{error.cure}</p>
      </div>
    );
  });
}
