import { useCallback } from "react";
import type { QueueEntry } from "../../protocol/queue";
import { entryProgress, entrySeconds, isLeft, type QueueFacts, runIdOf } from "../../state/queue";
import { entryName } from "../kit/entry-name";
import { useStudio } from "../kit/studio";
import { text } from "../text";
import { EntryRow } from "./entry-row";

interface Props {
  /** Those that are not removed, in their order. */
  readonly entries: readonly QueueEntry[];
  /** Whether they are being worked off. */
  readonly running: boolean;
  readonly facts: QueueFacts;
  readonly changeable: boolean;
  readonly onRemove: (ids: readonly number[]) => void;
}

/** The runs of the queue in the order in which they are done. */
export function EntryList({ entries, running, facts, changeable, onRemove }: Props) {
  const { send } = useStudio();
  const waiting = entries.filter(({ state }) => state.kind === "waiting");
  // The same functions every time, so that a row that has not changed is not drawn anew.
  const move = useCallback((id: number, to: "earlier" | "later") => send({ kind: "moveQueued", id, to }), [send]);
  const remove = useCallback((id: number) => onRemove([id]), [onRemove]);
  const retry = useCallback((id: number) => send({ kind: "retryQueued", id }), [send]);
  return (
    <ol className="queue" aria-label={text.queue.list}>
      {entries.map((entry) => (
        <EntryRow
          key={entry.id}
          entry={entry}
          name={entryName(entry, facts)}
          progress={entryProgress(entry, facts)}
          left={leftText(entry, facts)}
          live={liveOf(entry, running, facts)}
          changeable={changeable}
          first={entry === waiting[0]}
          last={entry === waiting.at(-1)}
          onMove={move}
          onRemove={remove}
          onRetry={retry}
        />
      ))}
    </ol>
  );
}

/** How long an entry still takes, in words; null where that is not known or it is done. */
function leftText(entry: QueueEntry, facts: QueueFacts): string | null {
  const seconds = isLeft(entry) ? entrySeconds(entry, facts) : null;
  return seconds === null ? null : text.queue.left(seconds);
}

/** Whether the entry's run is what the engine is at, and if so whether it stands still. */
function liveOf(entry: QueueEntry, running: boolean, { activity }: QueueFacts): "running" | "paused" | null {
  const runId = runIdOf(entry);
  if (!running || runId === null || !("runId" in activity) || activity.runId !== runId) return null;
  return activity.kind === "paused" ? "paused" : "running";
}
