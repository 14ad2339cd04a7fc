import { useEffect, useRef } from "react";
import { formatBytes } from "../../base/bytes";
import { text } from "../text";
import { Button } from "./controls";

interface Props {
  /** What was removed, in a sentence. */
  readonly sentence: string;
  /** Still taken until it is freed. */
  readonly bytes: number;
  readonly disabled: boolean;
  /** Whether it was removed a moment ago by who reads this: the button that removed it is gone, and Undo takes its place. */
  readonly focused: boolean;
  readonly onUndo: () => void;
  readonly onFree: () => void;
}

/** Stands where something was removed, until that is taken back or its space is freed. */
export function RemovedNote({ sentence, bytes, disabled, focused, onUndo, onFree }: Props) {
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (focused) row.current?.querySelector("button")?.focus();
  }, [focused]);
  return (
    <div className="removed">
      <p>{sentence}</p>
      <p className="hint">{text.bin.kept(formatBytes(bytes))}</p>
      <div className="row" ref={row}>
        <Button kind="quiet" disabled={disabled} label={`${text.bin.undo}: ${sentence}`} onClick={onUndo}>
          {text.bin.undo}
        </Button>
        <Button kind="quiet" disabled={disabled} label={`${text.bin.free}: ${sentence}`} onClick={onFree}>
          {text.bin.free}
        </Button>
      </div>
    </div>
  );
}
