import { useRef, useState } from "react";
import type { FolderHandle } from "../../base/folder-handle";
import type { MirrorView } from "../../protocol/views";
import { Button } from "../kit/controls";
import { useSelected, useStudio } from "../kit/studio";
import { text } from "../text";
import { allowFolder, folderPicker } from "./folder-picker";

const HINT_ID = "mirror-hint";

/** Where runs are mirrored into, once the engine has told. */
export function MirrorControl() {
  const { send } = useStudio();
  const mirror = useSelected((state) => state.facts.mirror);
  const gone = useSelected((state) => state.facts.fatal !== null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const whole = useRef<HTMLDivElement>(null);
  const picker = folderPicker();
  if (mirror === null) return null;
  /** Mirrors into what the person grants, and says why it does not where they refuse. */
  const mirrorInto = async (grant: () => Promise<FolderHandle | null>, refused: string | null): Promise<void> => {
    setTrouble(null);
    whole.current?.focus();
    try {
      const folder = await grant();
      if (folder !== null) send({ kind: "mirror", folder });
      else setTrouble(refused);
    } catch (error) {
      setTrouble(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    // Takes the focus from a button that is about to go.
    <div ref={whole} tabIndex={-1}>
      <MirrorState
        mirror={mirror}
        available={picker !== null}
        disabled={gone}
        trouble={trouble}
        onChoose={() => picker !== null && void mirrorInto(picker, null)}
        onAllow={(folder) => void mirrorInto(() => allowFolder(folder), text.mirror.refused(folder.name))}
        onStop={() => {
          whole.current?.focus();
          send({ kind: "stopMirror" });
        }}
      />
    </div>
  );
}

interface Props {
  readonly mirror: MirrorView;
  /** Whether this browser lets a page write into a folder. */
  readonly available: boolean;
  readonly disabled: boolean;
  /** Why the last wish came to nothing. */
  readonly trouble: string | null;
  readonly onChoose: () => void;
  readonly onAllow: (folder: FolderHandle) => void;
  readonly onStop: () => void;
}

export function MirrorState({ mirror, available, disabled, trouble, onChoose, onAllow, onStop }: Props) {
  const stop = (
    <Button kind="quiet" disabled={disabled} onClick={onStop}>
      {text.mirror.stop}
    </Button>
  );
  return (
    <div className="mirror">
      {mirror.kind === "off" && (
        <>
          <Button disabled={disabled || !available} describedBy={HINT_ID} onClick={onChoose}>
            {text.mirror.choose}
          </Button>
          <p id={HINT_ID} className="hint">
            {available ? text.mirror.what : text.mirror.missing}
          </p>
        </>
      )}
      {mirror.kind === "waiting" && (
        <>
          <p>{text.mirror.waiting(mirror.folder.name)}</p>
          <p className="hint">{text.mirror.written(mirror.writtenAt)}</p>
          <div className="row">
            <Button disabled={disabled} onClick={() => onAllow(mirror.folder)}>
              {text.mirror.allow}
            </Button>
            {stop}
          </div>
        </>
      )}
      {mirror.kind === "on" && (
        <>
          <p>{text.mirror.on(mirror.folder)}</p>
          <p className="hint">{text.mirror.written(mirror.writtenAt)}</p>
          {mirror.failure !== null && (
            <div className="notice notice-warn">
              <p className="notice-title">{mirror.failure.message}</p>
              <p>{mirror.failure.cure}</p>
            </div>
          )}
          <div className="row">{stop}</div>
        </>
      )}
      {trouble !== null && (
        <p className="notice notice-warn" role="alert">
          {trouble}
        </p>
      )}
    </div>
  );
}
