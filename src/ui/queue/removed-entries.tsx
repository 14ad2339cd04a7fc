import { useEffect, useRef } from "react";
import type { QueueEntry, QueueView } from "../../protocol/queue";
import { Button } from "../kit/controls";
import { entryName } from "../kit/entry-name";
import { useQueueFacts } from "../kit/queue-facts";
import { useStudio } from "../kit/studio";
import { text } from "../text";

interface Props {
  readonly queue: QueueView;
  /** Entries that were removed here last: their Undo gets the focus. */
  readonly last: readonly number[];
  readonly disabled: boolean;
  /** Called before a note goes, which may hold the focus. */
  readonly onLeave: () => void;
}

/** What was removed from the queue and can be taken back, together as it was removed. */
export function RemovedEntries({ queue, last, disabled, onLeave }: Props) {
  const { send } = useStudio();
  const batches = [...batchesOf(queue.entries).values()];
  if (batches.length === 0) return null;
  return (
    <ul className="removed-list" aria-label={text.queue.removedList}>
      {batches.map((entries) => {
        const ids = entries.map(({ id }) => id);
        return (
          <li key={ids.join()}>
            <Note
              entries={entries}
              disabled={disabled}
              focused={ids.some((id) => last.includes(id))}
              onUndo={() => {
                onLeave();
                send({ kind: "restoreQueued", ids });
              }}
              onForget={() => {
                onLeave();
                send({ kind: "forgetQueued", ids });
              }}
            />
          </li>
        );
      })}
    </ul>
  );
}

interface NoteProps {
  readonly entries: readonly QueueEntry[];
  readonly disabled: boolean;
  readonly focused: boolean;
  readonly onUndo: () => void;
  readonly onForget: () => void;
}

function Note({ entries, disabled, focused, onUndo, onForget }: NoteProps) {
  const facts = useQueueFacts();
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (focused) row.current?.querySelector("button")?.focus();
  }, [focused]);
  const [first] = entries;
  const sentence = text.queue.removed(entries.length, first === undefined ? "" : entryName(first, facts));
  return (
    <div className="removed">
      <p>{sentence}</p>
      {entries.some(({ state }) => state.kind === "begun") && <p className="hint">{text.queue.removedHint}</p>}
      <div className="row" ref={row}>
        <Button kind="quiet" disabled={disabled} label={text.queue.named(text.queue.undo, sentence)} onClick={onUndo}>
          {text.queue.undo}
        </Button>
        <Button kind="quiet" disabled={disabled} label={text.queue.named(text.queue.forget, sentence)} onClick={onForget}>
          {text.queue.forget}
        </Button>
      </div>
    </div>
  );
}

/** Removed entries by the moment at which they were removed, the latest first. */
function batchesOf(entries: readonly QueueEntry[]): ReadonlyMap<number, readonly QueueEntry[]> {
  const removed = entries.flatMap((entry) => (entry.removedAt === null ? [] : [{ entry, at: entry.removedAt }]));
  const batches = new Map<number, QueueEntry[]>();
  for (const { entry, at } of removed.sort((a, b) => b.at - a.at)) batches.set(at, [...(batches.get(at) ?? []), entry]);
  return batches;
}
