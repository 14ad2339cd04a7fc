import type { RunRecord } from "../../model/run";
import { adjustedRandIndex, normalizedMutualInformation } from "../../splitnet/agreement";
import type { ClassGroups } from "../../state/assignment";
import { ClassChips } from "../kit/class-chips";
import { percent } from "../kit/format";
import { LitButton } from "../kit/lit";
import { groupColour } from "../kit/palette";
import { text } from "../text";

/** A class is drawn faintly below this probability of its group. */
const UNDECIDED = 0.7;

interface Props {
  readonly record: RunRecord;
  readonly groups: ClassGroups | null;
}

/** Class names listed by group: the likeliest so far, and the final ones after the split. */
export function ClassGroupList({ record, groups }: Props) {
  if (groups === null) return <p className="hint">{text.groups.ungrouped}</p>;
  const { superclasses, superclassOf } = record;
  return (
    <div className="class-groups">
      <h3>
        {text.groups.classes} <span className="hint">{groups.final ? text.groups.final : text.groups.soFar}</span>
      </h3>
      {superclasses.length > 1 && (
        <p className="hint">
          {text.groups.agreement(
            adjustedRandIndex(groups.groupOf, superclassOf),
            normalizedMutualInformation(groups.groupOf, superclassOf),
          )}
        </p>
      )}
      <ul>
        {Array.from({ length: groups.groups }, (_, group) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the index is the group
          <GroupMembers key={group} group={group} groups={groups} classes={record.classes} />
        ))}
      </ul>
    </div>
  );
}

interface MembersProps {
  readonly group: number;
  readonly groups: ClassGroups;
  readonly classes: readonly string[];
}

function GroupMembers({ group, groups, classes }: MembersProps) {
  const chips = classes.flatMap((name, label) => {
    const p = groups.confidence?.[label];
    const confidence = p === undefined ? {} : { undecided: p < UNDECIDED, title: percent(p) };
    return groups.groupOf[label] === group ? [{ label, name, ...confidence }] : [];
  });
  return (
    <li style={{ borderColor: groupColour(group) }}>
      <h4>
        <LitButton lit={{ kind: "group", groups: groups.groups, group }} groups={groups}>
          {text.groups.group(group)}
        </LitButton>{" "}
        <span className="hint">{chips.length}</span>
      </h4>
      <div className="names">
        {chips.length === 0 && <span className="hint">{text.groups.empty}</span>}
        <ClassChips chips={chips} groups={groups} label={text.groups.group(group)} />
      </div>
    </li>
  );
}
