import { useMemo } from "react";
import type { AssignmentSnapshotView } from "../../protocol/views";
import { type ClassGroups, classGroupsOf } from "../../state/assignment";
import { movesUpTo } from "../../state/group-history";
import { ClassChips } from "../kit/class-chips";
import { groupColour } from "../kit/palette";
import { text } from "../text";
import { type ClassFlow, FlowDiagram } from "./flow-diagram";

interface Props {
  readonly history: readonly AssignmentSnapshotView[];
  /** Step of the moment shown. */
  readonly step: number;
  readonly classes: readonly string[];
}

/** Which classes changed their likeliest group since the moment before: by name, and as bands from group to group. */
export function Moves({ history, step, classes }: Props) {
  const index = history.findLastIndex((snapshot) => snapshot.step <= step);
  const after = history[index];
  const before = history[index - 1];
  const moved = useMemo(() => after && movesUpTo(history, after.step, "classes"), [history, after]);
  const groups = useMemo(() => after && classGroupsOf({ split: null, assignments: after }), [after]);
  const former = useMemo(() => before && classGroupsOf({ split: null, assignments: before }), [before]);
  const flows = useMemo(() => (former && groups ? moveFlows(former, groups, classes) : []), [former, groups, classes]);
  if (!moved || !groups) return null;
  const { moves, since } = moved;
  const label = text.groups.movedClasses(moves.length, since, after!.step);
  const chips = moves.map(({ member, from, to }) => ({
    label: member,
    name: classes[member] ?? "",
    note: <span className="moved">{text.groups.fromTo(from, to)}</span>,
  }));
  return (
    <div className="moves">
      <h3>{text.groups.moves}</h3>
      <p className="hint">{label}</p>
      <div className="moves-names">
        <ClassChips chips={chips} groups={groups} label={text.groups.moves} />
      </div>
      <FlowDiagram
        left={groupNames(groups.groups)}
        right={groupNames(groups.groups)}
        flows={flows}
        groups={groups}
        label={label}
        title={text.groups.moves}
        fileName={`moves-step-${after!.step}`}
      />
    </div>
  );
}

function groupNames(groups: number) {
  return Array.from({ length: groups }, (_, group) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the index is the group
    <span key={group}>
      <span className="dot" style={{ background: groupColour(group) }} />
      {text.groups.group(group)}
    </span>
  ));
}

/** Classes by group before and group after; who stays is drawn in grey, so that who moves is seen. */
export function moveFlows(before: ClassGroups, after: ClassGroups, classes: readonly string[]): ClassFlow[] {
  const flows: ClassFlow[] = [];
  for (let from = 0; from < before.groups; from++) {
    for (let to = 0; to < after.groups; to++) {
      const own = after.groupOf.flatMap((group, label) => (group === to && before.groupOf[label] === from ? [label] : []));
      if (own.length === 0) continue;
      const title = text.groups.flow(
        text.groups.group(from),
        to,
        own.map((label) => classes[label] ?? ""),
      );
      flows.push({
        from,
        to,
        size: own.length,
        classes: own,
        colour: from === to ? "var(--line-strong)" : groupColour(to),
        title,
      });
    }
  }
  return flows;
}
