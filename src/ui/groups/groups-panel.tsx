import type { OpenRun } from "../../state/facts";
import { useThrottled } from "../kit/hooks";
import { Empty, Section } from "../kit/section";
import { useSelected } from "../kit/studio";
import { text } from "../text";
import { AssignmentHeatmap } from "./assignment-heatmap";
import { ClassGroupList } from "./class-group-list";

/** Matrices are redrawn this often at most. */
const REDRAW_MILLISECONDS = 700;

/** Who belongs to which group: classes by name, channels as matrices. */
export function GroupsPanel() {
  const live = useSelected((state) => state.facts.open);
  const run = useThrottled(live, REDRAW_MILLISECONDS);
  return <GroupsView run={run} />;
}

export function GroupsView({ run }: { readonly run: OpenRun | null }) {
  if (run === null || (run.assignments === null && run.split === null)) {
    return (
      <Section title={text.groups.title} name="groups">
        <Empty>{text.groups.none}</Empty>
      </Section>
    );
  }
  const { assignments, record } = run;
  return (
    <Section
      title={text.groups.title}
      name="groups"
      aside={assignments !== null && <span className="hint">{text.groups.step(assignments.step)}</span>}
    >
      <ClassGroupList run={run} />
      {assignments !== null && (
        <>
          <div className="heatmaps">
            {assignments.spaces.map((view) => (
              <AssignmentHeatmap key={view.space} view={view} names={view.space === "classes" ? record.classes : null} />
            ))}
          </div>
          <Legend />
        </>
      )}
    </Section>
  );
}

function Legend() {
  return (
    <p className="hint heatmap-legend">
      <span className="ramp" aria-hidden="true" />
      {text.groups.legend}. {text.groups.hint}
    </p>
  );
}
