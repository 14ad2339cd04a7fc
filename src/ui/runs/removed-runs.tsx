import { RemovedNote } from "../kit/removed-note";
import { useSelected, useStudio } from "../kit/studio";
import { text } from "../text";

interface Props {
  /** The run that was removed here last: its Undo gets the focus. */
  readonly last: string | null;
  /** Called before a note goes, which may hold the focus. */
  readonly onLeave: () => void;
}

/** Runs that were removed and can be taken back, in any order; also while another run trains, which may wait for their space. */
export function RemovedRuns({ last, onLeave }: Props) {
  const { send } = useStudio();
  const removed = useSelected((state) => state.facts.removed);
  const disabled = useSelected(({ facts }) => facts.elsewhere !== null || facts.fatal !== null);
  const runs = (removed ?? []).filter((view) => view.kind === "run");
  if (runs.length === 0) return null;
  return (
    <ul className="removed-list" aria-label={text.bin.list}>
      {runs.map(({ runId, createdAt, bytes }) => (
        <li key={runId}>
          <RemovedNote
            sentence={text.runs.removed(createdAt)}
            bytes={bytes}
            disabled={disabled}
            focused={runId === last}
            onUndo={() => {
              onLeave();
              send({ kind: "restoreRun", runId });
            }}
            onFree={() => {
              onLeave();
              send({ kind: "freeRun", runId });
            }}
          />
        </li>
      ))}
    </ul>
  );
}
