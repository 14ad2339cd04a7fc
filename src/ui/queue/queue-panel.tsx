import Pause from "lucide-react/icons/pause";
import Play from "lucide-react/icons/play";
import { useId, useRef, useState } from "react";
import type { QueueEntry, QueueView } from "../../protocol/queue";
import { entryProgress, entrySeconds, isLeft, type QueueFacts, runIdOf, totalTime } from "../../state/queue";
import { Button } from "../kit/controls";
import { entryName } from "../kit/entry-name";
import { useQueueFacts } from "../kit/queue-facts";
import { Empty, Pending, Section } from "../kit/section";
import { useSelected, useStudio } from "../kit/studio";
import { text } from "../text";
import { AddRuns } from "./add-runs";
import { EntryRow } from "./entry-row";
import { RemovedEntries } from "./removed-entries";

/** Runs that are done one after the other: those that wait, the one under way, and what came of the others. */
export function QueuePanel() {
  const queue = useSelected((state) => state.facts.queue);
  return (
    <Section title={text.queue.title} name="queue">
      {queue === null ? (
        <Pending>{text.queue.unknown}</Pending>
      ) : (
        <>
          <Queue queue={queue} />
          <AddRuns />
        </>
      )}
    </Section>
  );
}

function Queue({ queue }: { readonly queue: QueueView }) {
  const { send } = useStudio();
  const facts = useQueueFacts();
  const [removedLast, setRemovedLast] = useState<readonly number[]>([]);
  const lists = useRef<HTMLDivElement>(null);
  const entries = queue.entries.filter(({ removedAt }) => removedAt === null);
  const done = entries.filter((entry) => !isLeft(entry));
  const changeable = facts.elsewhere === null && facts.fatal === null;
  const waiting = entries.filter(({ state }) => state.kind === "waiting");
  const remove = (ids: readonly number[]): void => {
    setRemovedLast(ids);
    send({ kind: "removeQueued", ids: [...ids] });
  };
  return (
    <div className="queue-lists" ref={lists} tabIndex={-1}>
      {queue.problem !== null && (
        <div className="notice notice-warn" role="alert">
          <p className="notice-title">{queue.problem.message}</p>
          <p>{queue.problem.cure}</p>
        </div>
      )}
      {entries.length === 0 ? <Empty>{text.queue.none}</Empty> : <Summary queue={queue} facts={facts} />}
      {entries.length > 0 && (
        <ol className="queue" aria-label={text.queue.list}>
          {entries.map((entry) => (
            <EntryRow
              key={entry.id}
              entry={entry}
              name={entryName(entry, facts)}
              progress={entryProgress(entry, facts)}
              seconds={isLeft(entry) ? entrySeconds(entry, facts) : null}
              live={liveOf(runIdOf(entry), queue, facts)}
              changeable={changeable}
              first={entry === waiting[0]}
              last={entry === waiting.at(-1)}
              onMove={(to) => send({ kind: "moveQueued", id: entry.id, to })}
              onRemove={() => remove([entry.id])}
              onRetry={() => send({ kind: "retryQueued", id: entry.id })}
            />
          ))}
        </ol>
      )}
      {done.length > 1 && (
        <Button kind="quiet" disabled={!changeable} onClick={() => remove(done.map(({ id }) => id))}>
          {text.queue.clear}
        </Button>
      )}
      <RemovedEntries queue={queue} last={removedLast} disabled={!changeable} onLeave={() => lists.current?.focus()} />
    </div>
  );
}

/** Whether the entry's run is what the engine is at, and if so whether it stands still. */
function liveOf(runId: string | null, { running }: QueueView, { activity }: QueueFacts): "running" | "paused" | null {
  if (!running || runId === null || !("runId" in activity) || activity.runId !== runId) return null;
  return activity.kind === "paused" ? "paused" : "running";
}

/** How much is left, and what begins, goes on or pauses. */
function Summary({ queue, facts }: { readonly queue: QueueView; readonly facts: QueueFacts }) {
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
