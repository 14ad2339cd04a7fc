import { useEffect, useMemo } from "react";
import type { RunRecord } from "../../model/run";
import type { EvaluationReport } from "../../splitnet/evaluation";
import { CLASS_ORDERS, type ClassGroups, classOrderOf } from "../../state/assignment";
import { listIn, listText } from "../../state/view";
import { CellCanvas, type CellZoom } from "../kit/cell-canvas";
import { PictureButtons } from "../kit/picture-buttons";
import { useSelected, useStudio } from "../kit/studio";
import { useChoice, useViewed } from "../kit/view";
import { text } from "../text";
import { ConfusedImages } from "./confused-images";
import { ConfusedPairs } from "./confused-pairs";
import { confusionImage } from "./confusion";
import { ConfusionControls } from "./confusion-controls";
import { between, isWhole, moved, type Window, windowOf, windowText, zoomed } from "./confusion-window";
import { GroupRuler } from "./group-ruler";
import { LitBands } from "./lit-bands";
import { type Narrowing, narrowingOf, narrowingText } from "./narrowing";
import type { NetworkName } from "./network-name";

/** Images asked for at once. */
const SHOWN = 24;
/** Each press of + and -. */
const ZOOM = 0.5;

interface Props {
  readonly report: EvaluationReport;
  readonly network: NetworkName;
  readonly record: RunRecord;
  readonly groups: ClassGroups | null;
}

/** Truth against prediction: ordered by group, mistakes that stay within a group lie in the blocks along the diagonal. */
export function ConfusionPanel({ report, network, record, groups }: Props) {
  const { send, store } = useStudio();
  const confused = useSelected((state) => state.facts.open?.confused ?? null);
  const [by, setBy] = useChoice("order", CLASS_ORDERS);
  const [narrowed, setNarrowed] = useViewed("only");
  const [cell, setCell] = useViewed("cell");
  const [partText, setPartText] = useViewed("part");
  const { confusion } = report;
  const { classes, superclasses, superclassOf } = record;
  const groupCount = groups?.groups ?? 0;
  const narrowing = useMemo(
    () => narrowingOf(narrowed, { groups: groupCount, superclasses: superclasses.length }),
    [narrowed, groupCount, superclasses.length],
  );
  const order = useMemo(() => {
    const accuracy = classes.map((_, label) => report.perClass.find(({ index }) => index === label)?.top1 ?? 0);
    const all = classOrderOf(by, { groups, superclassOf, names: classes, accuracy });
    if (narrowing.kind === "all") return all;
    const own = narrowing.kind === "group" ? groups?.groupOf : superclassOf;
    return all.filter((label) => own?.[label] === narrowing.index);
  }, [by, groups, narrowing, classes, superclassOf, report]);
  const shown = useMemo(() => windowOf(partText, order.length), [partText, order.length]);
  /** Null for all of the classes chosen. */
  const setPart = (part: Window | null): void => setPartText(part === null ? null : windowText(part, order.length));
  const { rows, columns } = shown;
  const truths = useMemo(() => order.slice(rows.start, rows.end), [order, rows.start, rows.end]);
  const predictions = useMemo(() => order.slice(columns.start, columns.end), [order, columns.start, columns.end]);
  const image = useMemo(() => confusionImage(confusion, truths, predictions), [confusion, truths, predictions]);
  const look = (truth: number, predicted: number): void => {
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
  const zoom: CellZoom = {
    onStretch: (from, to) => setPart(between(shown, from, to, order.length)),
    onZoom: (direction, at) =>
      setPart(direction === "whole" ? null : zoomed(shown, direction === "in" ? ZOOM : 1 / ZOOM, at, order.length)),
    onBeyond: (byRows, byColumns) => setPart(moved(shown, byRows, byColumns, order.length)),
  };
  const chosen = confused?.network === network ? placeOf(truths, predictions, confused) : null;
  return (
    <div className="confusion" data-picture>
      <h3>{text.results.confusion}</h3>
      <ConfusionControls
        by={by}
        onOrder={(next) => {
          setBy(next);
          setPart(null);
        }}
        narrowing={narrowing}
        onNarrow={(next) => {
          setNarrowed(narrowingText(next));
          setPart(null);
        }}
        groups={groups?.groups ?? 0}
        superclasses={superclasses}
        whole={isWhole(shown, order.length)}
        onZoom={(factor) => setPart(factor === null ? null : zoomed(shown, factor, null, order.length))}
      />
      {by === "group" && <GroupRuler order={predictions} groups={groups} />}
      <CellCanvas
        className="confusion-cells"
        image={image}
        label={text.results.confusionLabel}
        describe={(row, column) => cellWords(truths[row]!, predictions[column]!, report, classes)}
        rest={text.results.pick}
        onPick={(row, column) => look(truths[row]!, predictions[column]!)}
        zoom={zoom}
        chosen={chosen}
        onPoint={(cell) => store.point(cell === null ? null : { kind: "class", label: truths[cell.row]! })}
      >
        <LitBands truths={truths} predictions={predictions} groups={groups} />
      </CellCanvas>
      <PictureButtons
        title={text.results.confusion}
        fileName={`confusion-${network}`}
        rows={truths.map((label) => classes[label] ?? "")}
        caption={[
          text.results.pictured(network, by, narrowedName(narrowing, superclasses), isWhole(shown, order.length)),
          text.results.confusionHint,
        ]}
      />
      <p className="hint">{text.results.confusionHint}</p>
      <ConfusedPairs
        confusion={confusion}
        labels={order}
        classes={classes}
        groups={groups}
        onLook={(truth, predicted) => {
          setPart(null);
          look(truth, predicted);
        }}
      />
      <ConfusedImages classes={classes} />
    </div>
  );
}

/** Null for all classes. */
function narrowedName(narrowing: Narrowing, superclasses: readonly string[]): string | null {
  if (narrowing.kind === "all") return null;
  return narrowing.kind === "group" ? text.groups.group(narrowing.index) : (superclasses[narrowing.index] ?? "");
}

function cellWords(truth: number, predicted: number, { confusion }: EvaluationReport, classes: readonly string[]): string {
  const images = confusion[truth * classes.length + predicted] ?? 0;
  return text.results.cell(classes[truth] ?? "", classes[predicted] ?? "", images);
}

function hasClasses({ classes }: RunRecord, labels: readonly number[]): boolean {
  return labels.every((label) => Number.isInteger(label) && label >= 0 && label < classes.length);
}

/** Where a pair of classes is drawn; null where it is not. */
function placeOf(
  truths: readonly number[],
  predictions: readonly number[],
  { truth, predicted }: { readonly truth: number; readonly predicted: number },
) {
  const [row, column] = [truths.indexOf(truth), predictions.indexOf(predicted)];
  return row < 0 || column < 0 ? null : { row, column };
}
