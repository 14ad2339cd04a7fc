import { useEffect } from "react";
import type { RunRecord } from "../../model/run";
import { RANKINGS, type Ranking } from "../../splitnet/certainty";
import type { EvaluationReport } from "../../splitnet/evaluation";
import { listIn, listText } from "../../state/view";
import { CaptionedImages } from "../kit/captioned-images";
import { Button, Select } from "../kit/controls";
import { useSelected, useStudio } from "../kit/studio";
import { useViewed } from "../kit/view";
import { text } from "../text";
import type { NetworkName } from "./network-name";
import { verdictText } from "./verdict-text";

/** Images asked for at once. */
const SHOWN = 24;
const EVERY = "all";

interface Props {
  readonly report: EvaluationReport;
  readonly network: NetworkName;
  readonly record: RunRecord;
}

/** The test images that a network is surest of and wrong, or least sure of and right. */
export function RankedImages({ report, network, record }: Props) {
  const { send } = useStudio();
  const [viewed, look] = useViewed("ranked");
  const { ranking, label } = wantedOf(viewed, record.classes.length);
  const isShown = useSelected((state) => state.facts.open?.ranked != null);
  const { results } = text;
  const ask = (by: Ranking, of: number | null): void => {
    look(listText([by, of ?? EVERY]));
    send({ kind: "loadRanked", runId: record.id, network, ranking: by, label: of, count: SHOWN });
  };
  // Those that were looked at before a reload.
  const again = viewed !== null && !isShown && report.predictionScores.length > 0;
  useEffect(() => {
    if (again) send({ kind: "loadRanked", runId: record.id, network, ranking, label, count: SHOWN });
  }, [send, again, record.id, network, ranking, label]);
  return (
    <div className="ranked">
      <h3>{results.ranked}</h3>
      {report.predictionScores.length === 0 ? (
        <p className="hint">{results.noScores}</p>
      ) : (
        <div className="row">
          <Select
            inline
            label={results.rankedBy}
            value={ranking}
            options={RANKINGS.map((name) => ({ value: name, name: results.rankings[name] }))}
            onChange={(value) => ask(RANKINGS.find((name) => name === value) ?? "certainWrong", label)}
          />
          <Select
            inline
            label={results.rankedOf}
            value={label === null ? EVERY : String(label)}
            options={[
              { value: EVERY, name: results.everyClass },
              ...record.classes.map((name, index) => ({ value: String(index), name })),
            ]}
            onChange={(value) => ask(ranking, value === EVERY ? null : Number(value))}
          />
          <Button onClick={() => ask(ranking, label)}>{results.showRanked}</Button>
        </div>
      )}
      <Ranked classes={record.classes} />
    </div>
  );
}

/** What the view asks for; the usual where it asks for nothing that there is. */
function wantedOf(viewed: string | null, classes: number): { readonly ranking: Ranking; readonly label: number | null } {
  const [by, of] = listIn(viewed ?? undefined);
  const label = Number(of);
  return {
    ranking: RANKINGS.find((name) => name === by) ?? "certainWrong",
    label: Number.isInteger(label) && label >= 0 && label < classes ? label : null,
  };
}

function Ranked({ classes }: { readonly classes: readonly string[] }) {
  const ranked = useSelected((state) => state.facts.open?.ranked ?? null);
  if (ranked === null) return null;
  const { ranking, label, network, total, verdicts, rgba } = ranked;
  const { results } = text;
  const of = label === null ? null : (classes[label] ?? "");
  const caption = results.rankedCaption(results.rankings[ranking], results[network], of, verdicts.length, total);
  return (
    <div aria-live="polite">
      <p className="strong">{caption}</p>
      {verdicts.length > 0 && (
        <CaptionedImages rgba={rgba} label={caption} captions={verdicts.map((verdict) => verdictText(verdict, classes))} />
      )}
    </div>
  );
}
