import { useCallback, useMemo } from "react";
import { COMPARABLE_METRICS, type RunRecord } from "../../model/run";
import type { UnreadableRun } from "../../protocol/comparison";
import { filteredRuns, rowsOf, type SettingColumn, settingColumns } from "../../state/compared-rows";
import { seedGroups } from "../../state/comparison";
import { listIn, listText } from "../../state/view";
import { Check } from "../kit/controls";
import { count } from "../kit/format";
import { runName } from "../kit/run-name";
import { Pending } from "../kit/section";
import { useSelected, useStudio } from "../kit/studio";
import { useChoice, useViewed } from "../kit/view";
import { text } from "../text";
import { AgreementTables } from "./agreement-tables";
import { CompareTable } from "./compare-table";
import { CostChart } from "./cost-chart";
import { Differences } from "./differences";
import { FilterField } from "./filter-field";
import { MetricChoice, Overlay } from "./overlay";
import type { Shown } from "./shown";
import { type DrawnLines, type Summarized, useLines, useSummaries } from "./use-compared";

/** Where settings are no columns. */
const NONE: readonly SettingColumn[] = [];

interface Props {
  /** Those of the table. */
  readonly records: readonly RunRecord[];
  /** Those whose curves are drawn, in the order in which they were ticked. */
  readonly drawn: readonly RunRecord[];
  /** Whether the table is of all runs: it can be narrowed then, and says what is drawn. */
  readonly all: boolean;
}

/** A table of the runs, accuracy against cost, and for the drawn ones what differs, their curves and their groups. */
export function Compared({ records, drawn, all }: Props) {
  const [stage, chooseStage] = useChoice("compare.stage", ["group", "finetune"]);
  const [metric, chooseMetric] = useChoice("compare.metric", COMPARABLE_METRICS);
  const [mean, takeMean] = useChoice("compare.mean", ["off", "on"]);
  const [filter] = useViewed("compare.filter");
  const means = mean === "on";
  const summarized = useSummaries(records);
  const { runs, left } = summarized;
  const shown = useShown(drawn, runs);
  const lines = useLines(shown, stage, metric);
  const settings = useMemo(() => settingColumns(runs), [runs]);
  const narrowed = useMemo(() => (all ? filteredRuns(runs, settings, filter ?? "") : runs), [all, runs, settings, filter]);
  const rows = useMemo(() => rowsOf(narrowed, means), [narrowed, means]);
  const hasSeeds = useMemo(() => seedGroups(records).length > 0, [records]);
  const onDraw = useDraw();
  if (runs.length === 0 && left > 0) return <Pending>{text.compare.pending}</Pending>;
  return (
    <>
      {left > 0 && <Pending>{text.compare.reading(runs.length, records.length)}</Pending>}
      <Unreadable records={records} summarized={summarized} lines={lines} />
      {(all || hasSeeds) && (
        <div className="row">
          {all && <FilterField />}
          {hasSeeds && <Check label={text.compare.mean} on={means} onChange={(on) => takeMean(on ? "on" : "off")} />}
        </div>
      )}
      {all && (
        <p className="hint" aria-live="polite">
          {text.compare.narrowed(count(narrowed.length), count(runs.length))}
        </p>
      )}
      <CompareTable rows={rows} shown={shown} settings={all ? settings : NONE} means={means} onDraw={all ? onDraw : null} />
      <CostChart rows={rows} />
      <Differences shown={shown} />
      <MetricChoice stage={stage} metric={metric} onStage={chooseStage} onMetric={chooseMetric} />
      {shown.length === 0 ? (
        <p className="hint">{text.compare.nothingDrawn}</p>
      ) : lines === null || lines.lines.length + lines.unreadable.length === 0 ? (
        <Pending>{text.compare.pendingLines}</Pending>
      ) : (
        <Overlay shown={lines.lines} stage={lines.stage} metric={lines.metric} means={means} />
      )}
      <AgreementTables shown={shown} />
    </>
  );
}

/** The drawn runs that have been read, numbered as they were ticked. */
function useShown(drawn: readonly RunRecord[], runs: Summarized["runs"]): readonly Shown[] {
  return useMemo(() => {
    const byId = new Map(runs.map((run) => [run.record.id, run]));
    return drawn.flatMap(({ id }, index): Shown[] => {
      const run = byId.get(id);
      return run === undefined ? [] : [{ ...run, number: index + 1 }];
    });
  }, [drawn, runs]);
}

/** Draws the curves of runs, or no longer; the same at all times, so that no row of the table is drawn anew for it. */
function useDraw(): (runIds: readonly string[], on: boolean) => void {
  const { store } = useStudio();
  return useCallback(
    (runIds, on) => {
      const others = listIn(store.getState().view.compare).filter((id) => !runIds.includes(id));
      store.look({ compare: listText(on ? [...others, ...runIds] : others) });
    },
    [store],
  );
}

interface UnreadableProps {
  readonly records: readonly RunRecord[];
  readonly summarized: Summarized;
  readonly lines: DrawnLines | null;
}

/** A run is told of once, though neither what it came to nor its curve can be read. */
function Unreadable({ records, summarized, lines }: UnreadableProps) {
  const descriptions = useSelected((state) => state.facts.descriptions);
  const byRun = new Map<string, UnreadableRun>();
  for (const one of [...(lines?.unreadable ?? []), ...summarized.unreadable]) byRun.set(one.runId, one);
  return [...byRun.values()].map(({ runId, error }) => {
    const record = records.find(({ id }) => id === runId);
    return record === undefined ? null : (
      <div key={runId} className="notice notice-warn" role="alert">
        <p className="notice-title">{text.compare.unreadable(runName(record, descriptions[runId]), error.message)}</p>
        <p>{error.cure}</p>
      </div>
    );
  });
}
