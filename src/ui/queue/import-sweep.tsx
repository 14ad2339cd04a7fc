import { useId, useState } from "react";
import { type DraftResult, importedRuns } from "../../state/queue-draft";
import { Button, FileButton } from "../kit/controls";
import { RunEstimate } from "../kit/run-estimate";
import { useSelected, useStudio } from "../kit/studio";
import { text } from "../text";

/** Far more than a sweep of as many runs as the queue holds. */
const LONGEST_FILE_BYTES = 1_000_000;

interface ReadFile {
  readonly name: string;
  readonly result: DraftResult;
}

/** A sweep file of the command line: its runs are counted before they are added. */
export function ImportSweep() {
  const { send } = useStudio();
  const disabled = useSelected(({ facts }) => facts.elsewhere !== null || facts.fatal !== null);
  const [read, setRead] = useState<ReadFile | null>(null);
  const hint = useId();
  return (
    <>
      <FileButton
        label={text.queue.add.file}
        accept=".json,application/json"
        disabled={disabled}
        describedBy={hint}
        onFiles={([file]) => {
          if (file !== undefined) void readSweep(file).then(setRead);
        }}
      />
      <p className="hint" id={hint}>
        {text.queue.add.fileHint}
      </p>
      {read !== null && (
        <Found
          read={read}
          disabled={disabled}
          onAdd={(sweep) => {
            send({ kind: "enqueue", sweep });
            setRead(null);
          }}
          onCancel={() => setRead(null)}
        />
      )}
    </>
  );
}

interface FoundProps {
  readonly read: ReadFile;
  readonly disabled: boolean;
  readonly onAdd: (sweep: unknown) => void;
  readonly onCancel: () => void;
}

/** What a chosen file holds. */
export function Found({ read: { name, result }, disabled, onAdd, onCancel }: FoundProps) {
  if (result.kind === "wrong") {
    return (
      <div className="notice notice-bad" role="alert">
        <p className="notice-title">{text.queue.add.unreadable(name)}</p>
        <p>
          {result.problem}. {result.cure}
        </p>
      </div>
    );
  }
  return (
    <div className="queue-found">
      <p>{text.queue.add.found(name, result.configs.length)}</p>
      <RunEstimate configs={result.configs} />
      <div className="row">
        <Button disabled={disabled} onClick={() => onAdd(result.sweep)}>
          {text.queue.add.button(result.configs.length)}
        </Button>
        <Button kind="quiet" onClick={onCancel}>
          {text.queue.add.cancel}
        </Button>
      </div>
    </div>
  );
}

async function readSweep(file: File): Promise<ReadFile> {
  const { name } = file;
  if (file.size > LONGEST_FILE_BYTES) {
    const problem = `it is ${file.size} bytes long, and a sweep file has at most ${LONGEST_FILE_BYTES}`;
    return { name, result: { kind: "wrong", problem, cure: "Choose a file that says what to vary, not what came of it." } };
  }
  return { name, result: importedRuns(await file.text()) };
}
