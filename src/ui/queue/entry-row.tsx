import { memo } from "react";
import type { QueueEntry } from "../../protocol/queue";
import { Button, Progress } from "../kit/controls";
import { text } from "../text";

interface Props {
  readonly entry: QueueEntry;
  readonly name: string;
  /** Share of its training that is done; null before its run has begun. */
  readonly progress: number | null;
  /** How long it still takes, in words; null where that is not known or it is done. */
  readonly left: string | null;
  /** Whether its run is under way at this moment. */
  readonly live: "running" | "paused" | null;
  readonly changeable: boolean;
  /** Whether nothing that waits stands before it, or behind it. */
  readonly first: boolean;
  readonly last: boolean;
  readonly onMove: (id: number, to: "earlier" | "later") => void;
  readonly onRemove: (id: number) => void;
  readonly onRetry: (id: number) => void;
}

/** One run of the queue, and what can be done with it. Drawn anew only where it changes: there may be hundreds, and speed is told four times a second. */
export const EntryRow = memo(function EntryRow(props: Props) {
  const { entry, name, progress, left, live, changeable, first, last, onMove, onRemove, onRetry } = props;
  const { id, state } = entry;
  const begun = state.kind === "begun" && progress !== null;
  const button = (verb: string, disabled: boolean, onClick: () => void) => (
    <Button kind="quiet" disabled={disabled || !changeable} label={text.queue.named(verb, name)} onClick={onClick}>
      {verb}
    </Button>
  );
  return (
    <li className={live === null ? "queue-entry" : "queue-entry is-live"} aria-current={live === null ? undefined : "step"}>
      <p>{name}</p>
      <p className="hint">
        {stateText(state, live)}
        {left !== null && ` · ${left}`}
      </p>
      {begun && <Progress label={text.queue.progress(name)} value={progress} max={1} />}
      {state.kind === "failed" && (
        <p className="wrong">
          {state.error.message}. {state.error.cure}
        </p>
      )}
      <div className="row">
        {state.kind === "waiting" && button(text.queue.earlier, first, () => onMove(id, "earlier"))}
        {state.kind === "waiting" && button(text.queue.later, last, () => onMove(id, "later"))}
        {state.kind === "failed" && button(text.queue.retry, false, () => onRetry(id))}
        {button(text.queue.remove, live !== null, () => onRemove(id))}
      </div>
    </li>
  );
});

function stateText({ kind }: QueueEntry["state"], live: Props["live"]): string {
  if (live !== null) return live === "paused" ? text.queue.pausedRun : text.queue.running;
  return text.queue.states[kind];
}
