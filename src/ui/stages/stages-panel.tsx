import { useMemo } from "react";
import type { Config } from "../../model/config";
import type { RunRecord } from "../../model/run";
import type { Command } from "../../protocol/commands";
import { evaluateForm } from "../../state/config-form";
import { exportCommand } from "../../state/export-choice";
import { runControls, STAGE_NAMES, type StageName, type StageState, stageState } from "../../state/stages";
import type { View } from "../../state/view";
import { Button } from "../kit/controls";
import { useSelected, useStudio } from "../kit/studio";
import { text } from "../text";
import { ElsewhereNote } from "./elsewhere-note";
import { RunControlsBar } from "./run-controls";

/** The four verbs in their order, with what each waits for. */
export function StagesPanel() {
  const { send } = useStudio();
  const facts = useSelected((state) => state.facts);
  const form = useSelected((state) => state.form);
  const { config } = useMemo(() => evaluateForm(form), [form]);
  const view = useSelected((state) => state.view);
  const record = facts.open?.record ?? null;
  const runId = record?.id ?? null;
  const resumable = runControls(facts).resume !== null;
  const startable = config !== null && stageState("group", facts, config).obstacle === null;
  return (
    <section className="stages" id="stages" aria-label={text.stages.title}>
      <ol className="stepper">
        {STAGE_NAMES.map((stage, index) => (
          <StageCard
            key={stage}
            stage={stage}
            number={index + 1}
            leads={!resumable}
            state={stageState(stage, facts, config)}
            onStart={() => {
              const command = commandOf(stage, config, record, view);
              if (command !== null) send(command);
            }}
          />
        ))}
      </ol>
      {startable && !resumable && <AllInOneGo onStart={() => send({ kind: "group", config, through: true })} />}
      <ElsewhereNote elsewhere={facts.elsewhere} runId={runId} />
      <RunControlsBar facts={facts} />
    </section>
  );
}

/** For who wants to watch the whole job without pressing again. */
function AllInOneGo({ onStart }: { readonly onStart: () => void }) {
  return (
    <div className="row stages-all">
      <Button describedBy="stages-all-note" onClick={onStart}>
        {text.stages.all}
      </Button>
      <span className="hint" id="stages-all-note">
        {text.stages.allNote}
      </span>
    </div>
  );
}

/** The request a verb makes; null while what it needs is missing. */
function commandOf(stage: StageName, config: Config | null, record: RunRecord | null, view: View): Command | null {
  if (stage === "group") return config === null ? null : { kind: "group", config };
  if (record === null) return null;
  return stage === "export" ? exportCommand(record, view) : { kind: stage, runId: record.id };
}

interface CardProps {
  readonly stage: StageName;
  readonly number: number;
  readonly state: StageState;
  /** Whether a stage that can start is the thing to do next. */
  readonly leads: boolean;
  readonly onStart: () => void;
}

export function StageCard({ stage, number, state, leads, onStart }: CardProps) {
  const noteId = `stage-${stage}-note`;
  const note = state.obstacle === null || state.status === "active" ? text.stages.what[stage] : text.obstacles[state.obstacle];
  return (
    <li className={`stage is-${state.status}`} aria-current={state.status === "active" ? "step" : undefined}>
      <span className="stage-number" aria-hidden="true">
        {state.status === "done" ? "✓" : number}
      </span>
      <Button
        kind={leads && state.status === "ready" ? "primary" : "plain"}
        disabled={state.obstacle !== null}
        describedBy={noteId}
        onClick={onStart}
      >
        {text.stages.names[stage]}
      </Button>
      <span className="stage-status">{text.stages.status[state.status]}</span>
      <p className="stage-note" id={noteId}>
        {note}
      </p>
    </li>
  );
}
