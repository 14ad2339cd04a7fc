import Pause from "lucide-react/icons/pause";
import Play from "lucide-react/icons/play";
import Save from "lucide-react/icons/save";
import Square from "lucide-react/icons/square";
import type { Activity } from "../../protocol/views";
import type { Facts, OpenRun } from "../../state/facts";
import { runControls } from "../../state/stages";
import { Button, Progress } from "../kit/controls";
import { count, duration } from "../kit/format";
import { useStudio } from "../kit/studio";
import { text } from "../text";
import { AwakeSwitch } from "./awake-switch";
import { NotifySwitch } from "./notify-switch";

/** Progress of what is running, and the buttons that stop or continue it. */
export function RunControlsBar({ facts }: { readonly facts: Facts }) {
  const { send } = useStudio();
  const { pause, stop, resume } = runControls(facts);
  const { activity, elsewhere, open } = facts;
  const trains = activity.kind === "training" || activity.kind === "paused";
  const emptyGroup = activity.kind === "idle" && elsewhere === null && open?.record.phase === "grouped" && hasEmptyGroup(facts);
  if (!pause && !stop && resume === null && !emptyGroup && activity.kind !== "exporting") return null;
  return (
    <div className="running">
      <RunProgress activity={activity} open={open} />
      {facts.stopsAfterEpoch && <p className="hint">{text.stages.stopsAfterEpoch}</p>}
      <div className="row">
        {pause && (
          <Button onClick={() => send({ kind: "pause" })}>
            <Pause aria-hidden="true" />
            {text.stages.pause}
          </Button>
        )}
        {resume !== null && (
          <Button kind="primary" onClick={() => send({ kind: "resume", runId: resume })}>
            <Play aria-hidden="true" />
            {text.stages.resume}
          </Button>
        )}
        {stop && (
          <Button onClick={() => send({ kind: "stop" })}>
            <Square aria-hidden="true" />
            {text.stages.stop}
          </Button>
        )}
        {trains && <EpochStop planned={facts.stopsAfterEpoch} />}
        {pause && (
          <Button kind="quiet" onClick={() => send({ kind: "checkpoint" })}>
            <Save aria-hidden="true" />
            {text.stages.checkpoint}
          </Button>
        )}
        {emptyGroup && (
          <Button onClick={() => send({ kind: "split", runId: open.record.id, emptyGroups: "assign-nearest" })}>
            {text.stages.assignNearest}
          </Button>
        )}
      </div>
      {stop && <AwakeSwitch />}
      {stop && <NotifySwitch />}
    </div>
  );
}

/** The stop that waits for the end of the epoch; a second press takes it back. */
function EpochStop({ planned }: { readonly planned: boolean }) {
  const { send } = useStudio();
  return (
    <Button kind="quiet" onClick={() => send({ kind: "stopAfterEpoch", wanted: !planned })}>
      {planned ? text.stages.goOnAfterEpoch : text.stages.stopAfterEpoch}
    </Button>
  );
}

function hasEmptyGroup({ open, failures }: Facts): boolean {
  return open?.record.failure?.name === "EmptyGroupError" || failures[0]?.error.name === "EmptyGroupError";
}

interface ProgressProps {
  readonly activity: Activity;
  readonly open: OpenRun | null;
}

/** One bar and its numbers, for whatever is going on. */
export function RunProgress({ activity, open }: ProgressProps) {
  switch (activity.kind) {
    case "training":
    case "paused": {
      const { stage, step, steps } = activity;
      const name = text.stages.progressOf(stage);
      const paused = activity.kind === "paused";
      return (
        <div className="run-progress">
          <p className="run-title">{paused ? `${name} · ${text.stages.paused}` : name}</p>
          <Progress label={name} value={step} max={steps} />
          <dl className="facts">
            <Fact name={text.stages.step} value={`${count(step)} / ${count(steps)}`} />
            {!paused && <Fact name={text.stages.rate} value={count(activity.imagesPerSecond)} />}
            {!paused && <Fact name={text.stages.left} value={duration(activity.secondsLeft)} />}
            {open?.checkpoint?.stage === stage && <Fact name={text.stages.lastCheckpoint} value={count(open.checkpoint.step)} />}
          </dl>
        </div>
      );
    }
    case "evaluating":
      return (
        <div className="run-progress">
          <p className="run-title">{text.stages.evaluating}</p>
          <Progress label={text.stages.evaluating} value={activity.imagesDone} max={activity.imagesTotal} />
        </div>
      );
    case "exporting":
      return (
        <div className="run-progress">
          <p className="run-title">{text.stages.exporting}</p>
          <Progress label={text.stages.exporting} value={activity.filesDone} max={activity.filesTotal} />
        </div>
      );
    case "verifying": {
      const label = text.exporting.verifying(activity.done, activity.total);
      return (
        <div className="run-progress">
          <p className="run-title">{label}</p>
          <Progress label={label} value={activity.done} max={activity.total} />
        </div>
      );
    }
    case "loadingData":
    case "measuring":
    case "trying":
    case "timing":
      return null;
    case "idle":
      return <IdleNote open={open} />;
    default:
      return activity satisfies never;
  }
}

function IdleNote({ open }: { readonly open: OpenRun | null }) {
  if (open === null) return null;
  const { phase, checkpointStep } = open.record;
  if (phase === "grouped") return <p>{text.stages.emptyGroup}</p>;
  if (phase === "finetuned") return null;
  return <p>{text.stages.interrupted(phase === "grouping" ? "group" : "finetune", checkpointStep)}</p>;
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
