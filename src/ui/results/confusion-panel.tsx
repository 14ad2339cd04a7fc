import { Fragment, useEffect, useMemo } from "react";
import type { RunRecord } from "../../model/run";
import type { EvaluationPair } from "../../splitnet/evaluation";
import { CLASS_ORDERS, type ClassGroups, classOrderOf } from "../../state/assignment";
import { lights, litOf } from "../../state/lighting";
import { listIn, listText } from "../../state/view";
import { CellCanvas } from "../kit/cell-canvas";
import { Select } from "../kit/controls";
import { groupColour } from "../kit/palette";
import { PictureButtons } from "../kit/picture-buttons";
import { useSelected, useStudio } from "../kit/studio";
import { useChoice, useViewed } from "../kit/view";
import { text } from "../text";
import { ConfusedImages } from "./confused-images";
import { confusionImage, mistakesWithinGroup, runsOf } from "./confusion";

/** Images asked for at once. */
const SHOWN = 48;
const EVERY = "all";
const NETWORKS = ["split", "unsplit"] as const;

interface Props {
  readonly evaluation: EvaluationPair;
  readonly record: RunRecord;
  readonly groups: ClassGroups | null;
}

/** Truth against prediction: ordered by group, mistakes that stay within a group lie in the blocks along the diagonal. */
export function ConfusionPanel({ evaluation, record, groups }: Props) {
  const { send, store } = useStudio();
  const [chosen, setNetwork] = useChoice("network", NETWORKS);
  const [by, setBy] = useChoice("order", CLASS_ORDERS);
  const [narrowed, setOnly] = useViewed("only");
  const [cell, setCell] = useViewed("cell");
  const confused = useSelected((state) => state.facts.open?.confused ?? null);
  const only = groupNumber(narrowed, groups);
  const network = evaluation.split === null ? "unsplit" : chosen;
  const report = evaluation[network] ?? evaluation.unsplit;
  const { confusion } = report;
  const order = useMemo(() => {
    const accuracy = record.classes.map((_, label) => report.perClass.find(({ index }) => index === label)?.top1 ?? 0);
    const all = classOrderOf(by, { groups, superclassOf: record.superclassOf, names: record.classes, accuracy });
    return only === null || groups === null ? all : all.filter((label) => groups.groupOf[label] === only);
  }, [by, groups, only, record, report]);
  const image = useMemo(() => confusionImage(confusion, order), [confusion, order]);
  const within = groups === null ? null : mistakesWithinGroup(confusion, groups);
  const describe = (row: number, column: number): string => {
    const [truth, predicted] = [order[row]!, order[column]!];
    const images = confusion[truth * record.classes.length + predicted] ?? 0;
    return text.results.cell(record.classes[truth] ?? "", record.classes[predicted] ?? "", images);
  };
  const pick = (row: number, column: number): void => {
    const [truth, predicted] = [order[row]!, order[column]!];
    store.keep({ kind: "class", label: truth });
    setCell(listText([truth, predicted]));
    send({ kind: "loadConfused", runId: record.id, network, truth, predicted, count: SHOWN });
  };
  // The cell that was looked at before a reload; its images are asked for once, when there are none.
  const asked = confused === null ? cell : null;
  useEffect(() => {
    const [truth, predicted] = listIn(asked ?? undefined).map(Number);
    if (truth === undefined || predicted === undefined || !hasClasses(record, [truth, predicted])) return;
    send({ kind: "loadConfused", runId: record.id, network, truth, predicted, count: SHOWN });
  }, [send, asked, record, network]);
  return (
    <div className="confusion" data-picture>
      <h3>{text.results.confusion}</h3>
      <div className="row">
        {evaluation.split !== null && (
          <Select
            inline
            label={text.results.network}
            value={network}
            options={NETWORKS.map((value) => ({ value, name: text.results[value] }))}
            onChange={setNetwork}
          />
        )}
        <Select
          inline
          label={text.results.orderedBy}
          value={by}
          options={CLASS_ORDERS.map((name) => ({ value: name, name: text.results.orders[name] }))}
          onChange={setBy}
        />
        {groups !== null && groups.groups > 1 && (
          <Select
            inline
            label={text.results.classes}
            value={only === null ? EVERY : String(only)}
            options={[
              { value: EVERY, name: text.results.everyClass },
              ...Array.from({ length: groups.groups }, (_, group) => ({ value: String(group), name: text.groups.group(group) })),
            ]}
            onChange={(value) => setOnly(value === EVERY ? null : value)}
          />
        )}
      </div>
      {by === "group" && <GroupRuler order={order} groups={groups} />}
      <CellCanvas
        className="confusion-cells"
        image={image}
        label={text.results.confusionLabel}
        describe={describe}
        rest={text.results.pick}
        onPick={pick}
        onPoint={(cell) => store.point(cell === null ? null : { kind: "class", label: order[cell.row]! })}
      >
        <LitBands order={order} groups={groups} />
      </CellCanvas>
      <PictureButtons
        title={text.results.confusion}
        fileName={`confusion-${network}`}
        rows={order.map((label) => record.classes[label] ?? "")}
        caption={[
          text.results.pictured(network, by, only),
          ...(within === null ? [] : [`${text.results.within(within)}.`]),
          text.results.confusionHint,
        ]}
      />
      <ConfusedImages classes={record.classes} />
      <p className="hint">
        {within !== null && <span className="strong">{text.results.within(within)}. </span>}
        {text.results.confusionHint}
      </p>
    </div>
  );
}

/** The group that the view names, null for none of these. */
function groupNumber(name: string | null, groups: ClassGroups | null): number | null {
  const group = Number(name ?? Number.NaN);
  return groups !== null && Number.isInteger(group) && group >= 0 && group < groups.groups ? group : null;
}

function hasClasses({ classes }: RunRecord, labels: readonly number[]): boolean {
  return labels.every((label) => Number.isInteger(label) && label >= 0 && label < classes.length);
}

/** Rows and columns of the classes that are lit, neighbours in one band. */
function LitBands({ order, groups }: { readonly order: readonly number[]; readonly groups: ClassGroups | null }) {
  const lit = useSelected(({ lighting }) => litOf(lighting));
  if (lit === null) return null;
  const places = runsOf(order.map((label) => lights(lit, { kind: "class", label }, groups)));
  const share = (cells: number): string => `${(100 * cells) / order.length}%`;
  return places.map(({ start, length }) => (
    <Fragment key={start}>
      <span className="band" style={{ left: 0, right: 0, top: share(start), height: share(length) }} />
      <span className="band" style={{ top: 0, bottom: 0, left: share(start), width: share(length) }} />
    </Fragment>
  ));
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
