import { useMemo } from "react";
import type { AssignmentSnapshotView, AssignmentView } from "../../protocol/views";
import { type ClassGroups, summarizeAssignment } from "../../state/assignment";
import { momentsOf } from "../../state/group-history";
import { type Lit, lights, litOf } from "../../state/lighting";
import { CellCanvas, type CellImage } from "../kit/cell-canvas";
import { groupColour, groupRgb } from "../kit/palette";
import { PictureButtons } from "../kit/picture-buttons";
import { useSelected, useStudio } from "../kit/studio";
import { text } from "../text";
import { TrendLine } from "./trend-line";

interface Props {
  readonly view: AssignmentView;
  /** The assignment whose order the columns have. */
  readonly ordering: AssignmentView;
  readonly history: readonly AssignmentSnapshotView[];
  /** Step of stage 1 that the view is of. */
  readonly step: number;
  /** Names of the members, null for channels. */
  readonly names: readonly string[] | null;
  /** Groups of the classes, by which levels are compared. */
  readonly groups: ClassGroups | null;
}

/** One assignment matrix: a row a group, members as columns sorted by group, then by confidence; below it how it came about. */
export function AssignmentHeatmap({ view, ordering, history, step, names, groups }: Props) {
  const summary = useMemo(() => summarizeAssignment(view), [view]);
  const { order } = useMemo(() => (ordering === view ? summary : summarizeAssignment(ordering)), [ordering, view, summary]);
  const image = useMemo(() => assignmentImage(view, order), [view, order]);
  const moments = useMemo(() => momentsOf(history, view.space), [history, view.space]);
  const before = moments.findIndex((moment) => moment.step === step) - 1;
  const describe = (row: number, column: number): string => {
    const member = order[column]!;
    const p = view.probabilities[row * view.size + member]!;
    return text.groups.cell(names?.[member] ?? text.groups.channel(member), row, p);
  };
  const { store } = useStudio();
  const litAt = (column: number): Lit => {
    const member = order[column]!;
    return names === null
      ? { kind: "group", groups: view.groups, group: summary.groupOf[member]! }
      : { kind: "class", label: member };
  };
  return (
    <figure className="heatmap">
      <figcaption>
        <span className="strong">{text.groups.matrix(view.space, view.size)}</span>
        <span className="hint">
          {text.groups.decided(summary.decided)}, {text.groups.entropy(summary.entropy)}
        </span>
        <PictureButtons
          title={text.groups.matrix(view.space, view.size)}
          fileName={`groups-${view.space.replaceAll(/[^a-z0-9]+/gi, "-")}-step-${step}`}
          legend={summary.sizes.map((size, group) => ({
            name: `${text.groups.group(group)}: ${size}`,
            colour: groupColour(group),
          }))}
          caption={[
            `${text.groups.step(step)}: ${text.groups.decided(summary.decided)}, ${text.groups.entropy(summary.entropy)}.`,
            `${text.groups.legend}.`,
          ]}
        />
      </figcaption>
      <CellCanvas
        className={`heatmap-cells rows-${Math.min(view.groups, 8)}`}
        image={image}
        label={text.groups.matrixLabel(text.groups.spaceName(view.space))}
        describe={describe}
        rest={<GroupSizes sizes={summary.sizes} />}
        onPoint={(cell) => store.point(cell === null ? null : litAt(cell.column))}
        onPick={(_, column) => store.keep(litAt(column))}
      >
        <LitBands order={order} rows={view.groups} isClasses={names !== null} groups={groups} />
      </CellCanvas>
      {moments.length > 1 && <TrendLine moments={moments} step={step} size={view.size} />}
      {before >= 0 && <p className="hint">{text.groups.moved(moments[before + 1]!.moved, view.size, moments[before]!.step)}</p>}
    </figure>
  );
}

interface BandsProps {
  readonly order: readonly number[];
  readonly rows: number;
  readonly isClasses: boolean;
  readonly groups: ClassGroups | null;
}

/** The row of every group that is lit, and the column of a class. */
function LitBands({ order, rows, isClasses, groups }: BandsProps) {
  const lit = useSelected(({ lighting }) => litOf(lighting));
  if (lit === null) return null;
  const column = isClasses && lit.kind === "class" ? order.indexOf(lit.label) : -1;
  const share = (index: number, all: number): string => `${(100 * index) / all}%`;
  return (
    <>
      {Array.from({ length: rows }, (_, group) =>
        lights(lit, { kind: "group", groups: rows, group }, groups) ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the index is the group
          <span key={group} className="band" style={{ left: 0, right: 0, top: share(group, rows), height: share(1, rows) }} />
        ) : null,
      )}
      {column >= 0 && (
        <span className="band" style={{ top: 0, bottom: 0, left: share(column, order.length), width: share(1, order.length) }} />
      )}
    </>
  );
}

function GroupSizes({ sizes }: { readonly sizes: readonly number[] }) {
  return (
    <span className="sizes">
      <span className="hidden">{text.groups.sizes}</span>
      {sizes.map((size, group) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the index is the group
        <span key={group}>
          <span className="dot" style={{ background: groupColour(group) }} />
          {group + 1}: {size}
        </span>
      ))}
    </span>
  );
}

/** Every row in its group's colour, as opaque as the probability. */
export function assignmentImage({ groups, size, probabilities }: AssignmentView, order: readonly number[]): CellImage {
  const rgba = new Uint8ClampedArray(groups * size * 4);
  for (let group = 0; group < groups; group++) {
    const colour = groupRgb(group);
    order.forEach((member, column) => {
      rgba.set([...colour, Math.round(255 * probabilities[group * size + member]!)], (group * size + column) * 4);
    });
  }
  return { rows: groups, columns: size, rgba };
}
