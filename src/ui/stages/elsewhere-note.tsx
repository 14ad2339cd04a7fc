import type { ElsewhereView } from "../../protocol/views";
import { elsewhereText, text } from "../text";

interface Props {
  readonly elsewhere: ElsewhereView | null;
  /** The run looked at here. */
  readonly runId: string | null;
}

/** Says why nothing can be changed here while another tab is at work, and what can be done. */
export function ElsewhereNote({ elsewhere, runId }: Props) {
  if (elsewhere === null) return null;
  return (
    <div className="elsewhere" role="note">
      <p className="run-title">{elsewhereText(elsewhere, runId)}</p>
      <p>{text.elsewhere.what}</p>
    </div>
  );
}
