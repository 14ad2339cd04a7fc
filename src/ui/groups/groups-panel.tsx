import { useMemo } from "react";
import type { AssignmentSnapshotView, AssignmentView } from "../../protocol/views";
import { type ClassGroups, classGroupsOf } from "../../state/assignment";
import type { OpenRun } from "../../state/facts";
import { viewOf } from "../../state/group-history";
import { useThrottled } from "../kit/hooks";
import { LitNote } from "../kit/lit";
import { MomentSlider, useMoment } from "../kit/moment-slider";
import { Empty, Section } from "../kit/section";
import { useSelected } from "../kit/studio";
import { text } from "../text";
import { AssignmentHeatmap } from "./assignment-heatmap";
import { ClassGroupList } from "./class-group-list";
import { Moves } from "./moves";
import { SuperclassFlow } from "./superclass-flow";

/** Matrices are redrawn this often at most. */
const REDRAW_MILLISECONDS = 700;

/** Who belongs to which group: classes by name, channels as matrices, over the steps of stage 1. */
export function GroupsPanel() {
  const live = useSelected((state) => state.facts.open);
  const run = useThrottled(live, REDRAW_MILLISECONDS, (run) => run?.record.id);
  if (run === null || (run.assignments === null && run.split === null)) {
    return (
      <Section title={text.groups.title} name="groups">
        <Empty>{text.groups.none}</Empty>
      </Section>
    );
  }
  return <GroupsView run={run} />;
}

function GroupsView({ run }: { readonly run: OpenRun }) {
  const { assignments, split, record, history } = run;
  const past = useMoment(run);
  const shown = past ?? assignments;
  const groups = useMemo(() => classGroupsOf({ assignments: shown, split: past === null ? split : null }), [shown, past, split]);
  return (
    <Section
      title={text.groups.title}
      name="groups"
      aside={shown !== null && <span className="hint">{text.groups.step(shown.step)}</span>}
    >
      <MomentSlider run={run} />
      <LitNote />
      <ClassGroupList record={record} groups={groups} />
      {shown !== null && <Moves history={history} step={shown.step} classes={record.classes} />}
      {groups !== null && record.superclasses.length > 1 && <SuperclassFlow record={record} groups={groups} />}
      {assignments !== null && <Matrices run={run} latest={assignments} shown={past ?? assignments} groups={groups} />}
    </Section>
  );
}

interface MatricesProps {
  readonly run: OpenRun;
  readonly latest: AssignmentSnapshotView;
  readonly shown: AssignmentSnapshotView;
  readonly groups: ClassGroups | null;
}

/** Every matrix at the moment shown, its members where the latest assignments put them: so they stay in place while time passes. */
function Matrices({ run, latest, shown, groups }: MatricesProps) {
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
            groups={groups}
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
