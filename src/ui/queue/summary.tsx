import Pause from "lucide-react/icons/pause";
import Play from "lucide-react/icons/play";
import { useId } from "react";
import type { QueueEntry, QueueView } from "../../protocol/queue";
import { entrySeconds, isLeft, type QueueFacts, totalTime } from "../../state/queue";
import { Button } from "../kit/controls";
import { useStudio } from "../kit/studio";
import { text } from "../text";

/** How much is left, and what begins, goes on or pauses. */
export function Summary({ queue, facts }: { readonly queue: QueueView; readonly facts: QueueFacts }) {
  const left = queue.entries.filter(isLeft);
  const done = queue.entries.filter(({ removedAt, state }) => removedAt === null && state.kind === "finished").length;
  const { seconds, unknown } = totalTime(left.map((entry) => entrySeconds(entry, facts)));
  return (
    <>
      <p className="hint">
        {text.queue.summary(left.length, done)}
        {left.length > 0 && ` · ${text.queue.time(seconds, unknown)}`}
      </p>
      {queue.running ? <Pauses facts={facts} /> : left.length > 0 && <Starts left={left} facts={facts} />}
    </>
  );
}

/** A run that is paused in memory goes on; else the queue can be paused, for whatever is to be done meanwhile. */
function Pauses({ facts: { activity } }: { readonly facts: QueueFacts }) {
  const { send } = useStudio();
  const hint = useId();
  return (
    <>
      <div className="row">
        {activity.kind === "paused" && (
          <Button kind="primary" onClick={() => send({ kind: "resume", runId: activity.runId })}>
            <Play aria-hidden="true" />
            {text.queue.continue}
          </Button>
        )}
        <Button describedBy={hint} onClick={() => send({ kind: "stop" })}>
          <Pause aria-hidden="true" />
          {text.queue.pause}
        </Button>
      </div>
      <p className="hint" id={hint}>
        {text.queue.pauseHint}
      </p>
    </>
  );
}

function Starts({ left, facts }: { readonly left: readonly QueueEntry[]; readonly facts: QueueFacts }) {
  const { send } = useStudio();
  const hint = useId();
  const obstacle = obstacleText(facts);
  const begun = left.some(({ state }) => state.kind !== "waiting");
  return (
    <>
      <Button
        kind="primary"
        disabled={obstacle !== null}
        describedBy={obstacle === null ? undefined : hint}
        onClick={() => send({ kind: "startQueue" })}
      >
        <Play aria-hidden="true" />
        {begun ? text.queue.continue : text.queue.start}
      </Button>
      {obstacle !== null && (
        <p className="hint" id={hint}>
          {obstacle}
        </p>
      )}
    </>
  );
}

/** Why the queue cannot be started now; null where it can. */
function obstacleText({ activity, elsewhere, fatal, dataset, device }: QueueFacts): string | null {
  if (fatal !== null) return text.obstacles.engineGone;
  if (elsewhere !== null) return text.obstacles.elsewhere;
  if (activity.kind !== "idle") return text.queue.busy;
  if (dataset.kind === "none") return text.obstacles.noData;
  return device.kind === "missing" ? text.obstacles.deviceMissing : null;
}
