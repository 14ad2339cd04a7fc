import type { ClassGroups } from "../../state/assignment";
import { groupColour } from "../kit/palette";
import { text } from "../text";

/** Where each group's columns lie. */
export function GroupRuler({ order, groups }: { readonly order: readonly number[]; readonly groups: ClassGroups | null }) {
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
