import { useMemo } from "react";
import type { AssignmentSnapshotView, AssignmentView } from "../../protocol/views";
import type { OpenRun } from "../../state/facts";
import { viewOf } from "../../state/group-history";
import { useThrottled } from "../kit/hooks";
import { Empty, Section } from "../kit/section";
import { useSelected } from "../kit/studio";
import { useViewed } from "../kit/view";
import { text } from "../text";
import { AssignmentHeatmap } from "./assignment-heatmap";
import { ClassGroupList } from "./class-group-list";
import { TimeSlider } from "./time-slider";

/** Matrices are redrawn this often at most. */
const REDRAW_MILLISECONDS = 700;

/** Who belongs to which group: classes by name, channels as matrices, over the steps of stage 1. */
export function GroupsPanel() {
  const live = useSelected((state) => state.facts.open);
  const run = useThrottled(live, REDRAW_MILLISECONDS, (run) => run?.record.id);
  return <GroupsView key={run?.record.id} run={run} />;
}

export function GroupsView({ run }: { readonly run: OpenRun | null }) {
  const [moment, setMoment] = useViewed("moment");
  if (run === null || (run.assignments === null && run.split === null)) {
    return (
      <Section title={text.groups.title} name="groups">
        <Empty>{text.groups.none}</Empty>
      </Section>
    );
  }
  const { assignments, history } = run;
  // A rewound run may lack the snapshot looked at.
  const position = moment === null ? -1 : history.findIndex(({ step }) => String(step) === moment);
  const past = history[position] ?? null;
  const move = (index: number | null): void => setMoment(index === null ? null : String(history[index]?.step));
  return (
    <Section
      title={text.groups.title}
      name="groups"
      aside={assignments !== null && <span className="hint">{text.groups.step((past ?? assignments).step)}</span>}
    >
      {history.length > 1 && (
        <TimeSlider steps={history.map(({ step }) => step)} position={past === null ? null : position} onMove={move} />
      )}
      <ClassGroupList run={past === null ? run : { ...run, split: null, assignments: past }} />
      {assignments !== null && <Matrices run={run} latest={assignments} shown={past ?? assignments} />}
    </Section>
  );
}

interface MatricesProps {
  readonly run: OpenRun;
  readonly latest: AssignmentSnapshotView;
  readonly shown: AssignmentSnapshotView;
}

/** Every matrix at the moment shown, its members where the latest assignments put them: so they stay in place while time passes. */
function Matrices({ run, latest, shown }: MatricesProps) {
  const { history, record } = run;
  const views = useMemo(
    () => latest.spaces.map((view): [AssignmentView, AssignmentView] => [view, viewOf(shown.spaces, view.space) ?? view]),
    [latest, shown],
  );
  return (
    <>
      <div className="heatmaps">
        {views.map(([last, view]) => (
          <AssignmentHeatmap
            key={view.space}
            view={view}
            ordering={last}
            history={history}
            step={shown.step}
            names={view.space === "classes" ? record.classes : null}
          />
        ))}
      </div>
      <Legend />
    </>
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
