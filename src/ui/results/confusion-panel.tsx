import { useMemo, useState } from "react";
import type { RunRecord } from "../../model/run";
import type { EvaluationPair } from "../../splitnet/evaluation";
import { type ClassGroups, classOrderOf } from "../../state/assignment";
import { CellCanvas } from "../kit/cell-canvas";
import { Select } from "../kit/controls";
import { groupColour } from "../kit/palette";
import { text } from "../text";
import { confusionImage, mistakesWithinGroup } from "./confusion";

interface Props {
  readonly evaluation: EvaluationPair;
  readonly record: RunRecord;
  readonly groups: ClassGroups | null;
}

/** Truth against prediction, ordered by group: mistakes that stay within a group lie in the blocks along the diagonal. */
export function ConfusionPanel({ evaluation, record, groups }: Props) {
  const [network, setNetwork] = useState<"unsplit" | "split">("split");
  const { confusion } = (network === "split" ? evaluation.split : null) ?? evaluation.unsplit;
  const order = useMemo(() => classOrderOf(groups, record.superclassOf), [groups, record.superclassOf]);
  const image = useMemo(() => confusionImage(confusion, order), [confusion, order]);
  const within = groups === null ? null : mistakesWithinGroup(confusion, groups);
  const describe = (row: number, column: number): string => {
    const [truth, predicted] = [order[row]!, order[column]!];
    const images = confusion[truth * record.classes.length + predicted] ?? 0;
    return text.results.cell(record.classes[truth] ?? "", record.classes[predicted] ?? "", images);
  };
  return (
    <div className="confusion">
      <div className="row row-spread">
        <h3>{text.results.confusion}</h3>
        {evaluation.split !== null && (
          <Select
            inline
            label={text.results.network}
            value={network}
            options={[
              { value: "split", name: text.results.split },
              { value: "unsplit", name: text.results.unsplit },
            ]}
            onChange={(value) => setNetwork(value === "split" ? "split" : "unsplit")}
          />
        )}
      </div>
      <GroupRuler order={order} groups={groups} />
      <CellCanvas
        className="confusion-cells"
        image={image}
        label={text.results.confusionLabel}
        describe={describe}
        rest={text.groups.hint}
      />
      <p className="hint">
        {within !== null && <span className="strong">{text.results.within(within)}. </span>}
        {text.results.confusionHint}
      </p>
    </div>
  );
}

/** Where each group's columns lie. */
function GroupRuler({ order, groups }: { readonly order: readonly number[]; readonly groups: ClassGroups | null }) {
  if (groups === null) return null;
  return (
    <div className="ruler" aria-hidden="true">
      {Array.from({ length: groups.groups }, (_, group) => {
        const members = order.filter((label) => groups.groupOf[label] === group).length;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the index is the group
          <span key={group} style={{ flexGrow: members, background: groupColour(group) }} title={text.groups.group(group)} />
        );
      })}
    </div>
  );
}
