import { adjustedRandIndex, normalizedMutualInformation } from "../../splitnet/agreement";
import { classGroupsOf } from "../../state/assignment";
import type { OpenRun } from "../../state/facts";
import { percent } from "../kit/format";
import { groupColour } from "../kit/palette";
import { text } from "../text";

/** Class names listed by group: the likeliest so far, and the final ones after the split. */
export function ClassGroupList({ run }: { readonly run: OpenRun }) {
  const groups = classGroupsOf(run);
  if (groups === null) return <p className="hint">{text.groups.ungrouped}</p>;
  const { classes, superclasses, superclassOf } = run.record;
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
        {Array.from({ length: groups.groups }, (_, group) => {
          const members = classes.flatMap((_name, label) => (groups.groupOf[label] === group ? [label] : []));
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: the index is the group
            <li key={group} style={{ borderColor: groupColour(group) }}>
              <h4>
                {text.groups.group(group)} <span className="hint">{members.length}</span>
              </h4>
              <p className="names">
                {members.length === 0 && <span className="hint">{text.groups.empty}</span>}
                {members.map((label) => (
                  <ClassName key={label} name={classes[label] ?? ""} confidence={groups.confidence?.[label] ?? null} />
                ))}
              </p>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** A class, fainter while it is undecided. */
function ClassName({ name, confidence }: { readonly name: string; readonly confidence: number | null }) {
  return (
    <span
      className={confidence !== null && confidence < 0.7 ? "is-undecided" : ""}
      title={confidence === null ? name : percent(confidence)}
    >
      {name}
    </span>
  );
}
