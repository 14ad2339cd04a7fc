import { useMemo } from "react";
import { MOST_COMPARED, MOST_DRAWN, type RunRecord } from "../../model/run";
import { listIn } from "../../state/view";
import { Button, Select } from "../kit/controls";
import { Empty, Section } from "../kit/section";
import { useSelected } from "../kit/studio";
import { useChoice, useViewed } from "../kit/view";
import { text } from "../text";
import { Compared } from "./compared";

/** Runs side by side: those ticked in the list, or all that are stored, of which the ticked ones are drawn. */
export function ComparePanel() {
  const [ticked, tick] = useViewed("compare");
  const [scope, choose] = useChoice("compare.runs", ["ticked", "all"]);
  const runs = useSelected((state) => state.facts.runs);
  const wanted = useMemo(() => listIn(ticked ?? undefined).slice(0, MOST_DRAWN), [ticked]);
  const drawn = useMemo(() => wanted.flatMap((id) => runs?.find((record) => record.id === id) ?? []), [wanted, runs]);
  // Stays as it is while runs are ticked.
  const latest = useMemo(() => newestFirst(runs ?? []), [runs]);
  const records = scope === "all" ? latest : drawn;
  const missing = runs === null ? 0 : wanted.length - drawn.length;
  const stored = runs?.length ?? 0;
  return (
    <Section
      title={text.compare.title}
      name="compare"
      aside={
        wanted.length > 0 && (
          <Button kind="quiet" onClick={() => tick(null)}>
            {text.compare.clear}
          </Button>
        )
      }
    >
      {stored > 1 && (
        <div className="row">
          <Select
            inline
            label={text.compare.scope}
            value={scope}
            options={(["ticked", "all"] as const).map((value) => ({ value, name: text.compare.scopes[value] }))}
            onChange={choose}
          />
        </div>
      )}
      {records.length < 2 ? (
        <Empty>{text.compare.none}</Empty>
      ) : (
        <Compared records={records} drawn={drawn} all={scope === "all"} />
      )}
      {missing > 0 && <p className="hint">{text.compare.missing(missing)}</p>}
      {scope === "all" && stored > MOST_COMPARED && <p className="hint">{text.compare.mostCompared(MOST_COMPARED)}</p>}
    </Section>
  );
}

function newestFirst(runs: readonly RunRecord[]): readonly RunRecord[] {
  return runs.toSorted((a, b) => b.createdAt - a.createdAt).slice(0, MOST_COMPARED);
}
