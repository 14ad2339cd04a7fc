import { useEffect, useMemo, useState } from "react";
import type { RunRecord, TrainingStage } from "../../model/run";
import type { LayerView } from "../../protocol/views";
import type { ClassGroups } from "../../state/assignment";
import { layersOf } from "../../state/weights";
import { Button, Select } from "../kit/controls";
import { Pending } from "../kit/section";
import { useSelected, useStudio } from "../kit/studio";
import { useViewed } from "../kit/view";
import { text } from "../text";
import { Histograms } from "./histograms";
import { WeightMatrix } from "./weight-matrix";

/** Stands in no name of a layer. */
const SEPARATOR = ":";

interface Props {
  readonly record: RunRecord;
  /** The layer last read. */
  readonly view: LayerView | null;
  readonly groups: ClassGroups | null;
}

/** Reads a chosen layer from the last checkpoint: its weights as a matrix, and how its numbers are spread. */
export function LayerReader({ record, view, groups }: Props) {
  const { send } = useStudio();
  const layers = useMemo(() => layersOf(record), [record]);
  const isSplit = record.phase === "finetuning" || record.phase === "finetuned";
  const [viewed, look] = useViewed("layer");
  const [wantedStage, wantedLayer] = wordsOf(viewed);
  const stage = isSplit && wantedStage === "finetune" ? "finetune" : "group";
  const layer = layers.find(({ name }) => name === wantedLayer)?.name ?? layers.at(-1)?.name ?? "";
  const choose = (from: TrainingStage, name: string): void => look(`${from}${SEPARATOR}${name}`);
  const failure = useSelected(({ facts }) => facts.failures[0]?.id ?? null);
  // Asked, and neither answered nor refused since.
  const [asked, setAsked] = useState<{ readonly view: LayerView | null; readonly failure: number | null } | null>(null);
  const isPending = asked !== null && asked.view === view && asked.failure === failure;
  const read = (): void => {
    choose(stage, layer);
    setAsked({ view, failure });
    send({ kind: "loadLayer", runId: record.id, stage, layer });
  };
  // The layer that was looked at before a reload, once.
  const [again, setAgain] = useState(viewed !== null && view === null && record.checkpointStep > 0);
  useEffect(() => {
    if (!again) return;
    setAgain(false);
    send({ kind: "loadLayer", runId: record.id, stage, layer });
  }, [send, again, record.id, stage, layer]);
  return (
    <div className="layer-reader">
      <h3>{text.weights.one}</h3>
      <div className="row">
        <Select
          inline
          label={text.weights.layer}
          value={layer}
          options={layers.map(({ name, grouped }) => ({
            value: name,
            name: grouped ? text.weights.layerName(name) : text.weights.whole(text.weights.layerName(name)),
          }))}
          onChange={(name) => choose(stage, name)}
        />
        {isSplit && (
          <Select
            inline
            label={text.weights.network}
            value={stage}
            options={[
              { value: "group", name: text.results.unsplit },
              { value: "finetune", name: text.results.split },
            ]}
            onChange={(value) => choose(value === "finetune" ? "finetune" : "group", layer)}
          />
        )}
        <Button onClick={read} disabled={isPending}>
          {text.weights.read}
        </Button>
      </div>
      {isPending && <Pending>{text.weights.reading}</Pending>}
      {view === null ? (
        !isPending && <p className="hint">{text.weights.unread}</p>
      ) : (
        <>
          <p className="hint">{text.weights.readFrom(view.layer, view.stage, view.step)}</p>
          <WeightMatrix
            view={view}
            outputNames={layers.find(({ name }) => name === view.layer)?.decides === true ? record.classes : null}
            groups={groups}
          />
          <Histograms histograms={view.histograms} />
        </>
      )}
    </div>
  );
}

/** Stage and layer as the address has them. */
function wordsOf(viewed: string | null): readonly string[] {
  return viewed?.split(SEPARATOR) ?? [];
}
