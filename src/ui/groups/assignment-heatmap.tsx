import { useMemo } from "react";
import type { AssignmentSnapshotView, AssignmentView } from "../../protocol/views";
import { summarizeAssignment } from "../../state/assignment";
import { momentsOf } from "../../state/group-history";
import { CellCanvas, type CellImage } from "../kit/cell-canvas";
import { groupColour, groupRgb } from "../kit/palette";
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
}

/** One assignment matrix: a row a group, members as columns sorted by group, then by confidence; below it how it came about. */
export function AssignmentHeatmap({ view, ordering, history, step, names }: Props) {
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
  return (
    <figure className="heatmap">
      <figcaption>
        <span className="strong">{text.groups.matrix(view.space, view.size)}</span>
        <span className="hint">
          {text.groups.decided(summary.decided)}, {text.groups.entropy(summary.entropy)}
        </span>
      </figcaption>
      <CellCanvas
        className={`heatmap-cells rows-${Math.min(view.groups, 8)}`}
        image={image}
        label={text.groups.matrixLabel(text.groups.spaceName(view.space))}
        describe={describe}
        rest={<GroupSizes sizes={summary.sizes} />}
      />
      {moments.length > 1 && <TrendLine moments={moments} step={step} size={view.size} />}
      {before >= 0 && <p className="hint">{text.groups.moved(moments[before + 1]!.moved, view.size, moments[before]!.step)}</p>}
    </figure>
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
