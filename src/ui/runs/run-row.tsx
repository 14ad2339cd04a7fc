import { useState } from "react";
import { formatBytes } from "../../base/bytes";
import { MOST_COMPARED, type RunDescription, type RunRecord } from "../../model/run";
import type { Activity, ElsewhereView } from "../../protocol/views";
import { ConfirmButton } from "../kit/confirm";
import { Button } from "../kit/controls";
import { useDraft } from "../kit/draft";
import { moment } from "../kit/format";
import { Disclosure } from "../kit/view";
import { text } from "../text";
import { DescriptionForm } from "./description-form";
import { ForkFrom, Origin } from "./fork-from";

interface RowProps {
  readonly record: RunRecord;
  readonly description: RunDescription;
  readonly activity: Activity;
  readonly elsewhere: ElsewhereView | null;
  readonly open: boolean;
  /** Of its files; null where unknown. */
  readonly bytes: number | null;
  readonly disabled: boolean;
  /** Whether it is among the runs compared, and whether it may be. */
  readonly compared: boolean;
  readonly comparable: boolean;
  readonly onCompare: (on: boolean) => void;
  readonly onOpen: () => void;
  readonly onContinue: () => void;
  readonly onDescribe: (description: RunDescription) => void;
  readonly onSave: () => void;
  readonly onMetrics: (format: "csv" | "json") => void;
  readonly onCopy: () => void;
  readonly onRemove: () => void;
}

/** A stored run, and what can be done with it. */
export function RunRow({
  record,
  description,
  activity,
  elsewhere,
  open,
  bytes,
  disabled,
  compared,
  comparable,
  onCompare,
  onOpen,
  onContinue,
  onDescribe,
  onSave,
  onMetrics,
  onCopy,
  onRemove,
}: RowProps) {
  const idle = activity.kind === "idle" && !disabled;
  const running = "runId" in activity && activity.runId === record.id;
  const changeable = idle && elsewhere === null;
  // Also while another run trains: it may wait for room.
  const removable = !running && !disabled && elsewhere === null;
  const interrupted = !running && (record.phase === "grouping" || record.phase === "finetuning");
  const [draft, write] = useDescriptionDraft(record.id);
  const [describing, setDescribing] = useState(false);
  const date = moment(record.createdAt);
  const name = description.name === "" ? date : `${description.name}, ${date}`;
  const phase = elsewhere?.runId === record.id ? text.elsewhere.run : text.runs.phases[record.phase];
  const status = running ? text.runs.running : phase;
  return (
    <li className={open ? "run is-open" : "run"} aria-current={open ? "true" : undefined}>
      <p>
        <span className="strong">{description.name || date}</span> {description.name !== "" && `${date} · `}
        {record.config.preset} · {record.config.grouping} · {record.datasetSource}
      </p>
      {description.notes !== "" && draft === null && <p className="notes">{description.notes}</p>}
      <p className="hint">
        {status}
        {bytes !== null && bytes > 0 && ` · ${formatBytes(bytes)}`}
        {record.failure !== null && `; ${record.failure.message}`}
      </p>
      {record.forkedFrom !== null && <Origin {...record.forkedFrom} />}
      {record.importedFrom !== null && (
        <p className="hint">
          {text.runs.imported(text.runs.importedFrom[record.importedFrom.format], record.importedFrom.parts)}
        </p>
      )}
      {draft !== null && (
        <DescriptionForm
          draft={draft}
          focused={describing}
          onChange={write}
          onCancel={() => write(null)}
          onSave={(said) => {
            write(null);
            onDescribe(said);
          }}
        />
      )}
      <div className="row">
        <label className="check run-compare" title={comparable ? undefined : text.compare.most(MOST_COMPARED)}>
          <input
            type="checkbox"
            checked={compared}
            disabled={!comparable}
            aria-label={text.compare.tickLabel(name)}
            onChange={({ target }) => onCompare(target.checked)}
          />
          {text.compare.tick}
        </label>
        {!open && (
          <Button kind="quiet" disabled={!idle} label={`${text.runs.open} ${name}`} onClick={onOpen}>
            {text.runs.open}
          </Button>
        )}
        {interrupted && !open && (
          <Button kind="quiet" disabled={!changeable} label={`${text.runs.continue} ${name}`} onClick={onContinue}>
            {text.runs.continue}
          </Button>
        )}
        <Button kind="quiet" label={`${text.runs.copy} ${name}`} onClick={onCopy}>
          {text.runs.copy}
        </Button>
        <Button
          kind="quiet"
          disabled={disabled || elsewhere !== null}
          label={`${text.runs.describe} ${name}`}
          onClick={() => {
            setDescribing(true);
            write(description);
          }}
        >
          {text.runs.describe}
        </Button>
        <Button kind="quiet" label={`${text.runs.save} ${name}`} onClick={onSave}>
          {text.runs.save}
        </Button>
        <ConfirmButton
          action={text.runs.remove}
          label={`${text.runs.remove} ${name}`}
          title={text.runs.removeTitle}
          body={text.runs.removeBody(name)}
          disabled={!removable}
          onConfirm={onRemove}
        />
      </div>
      <Disclosure small name={`more-${record.id}`} summary={text.runs.more}>
        <div className="row">
          {(["csv", "json"] as const).map((format) => (
            <Button
              key={format}
              kind="quiet"
              label={`${text.runs.metrics[format]} ${name}`}
              disabled={disabled}
              onClick={() => onMetrics(format)}
            >
              {text.runs.metrics[format]}
            </Button>
          ))}
        </div>
        <p className="hint">{text.runs.metricsHint}</p>
        <ForkFrom record={record} name={name} disabled={!changeable} />
      </Disclosure>
    </li>
  );
}

/** Name and notes of a run that are being written; null while nobody does. */
function useDescriptionDraft(runId: string): readonly [RunDescription | null, (draft: RunDescription | null) => void] {
  const [name, writeName] = useDraft(`name-${runId}`);
  const [notes, writeNotes] = useDraft(`notes-${runId}`);
  const write = (draft: RunDescription | null): void => {
    writeName(draft?.name ?? null);
    writeNotes(draft?.notes ?? null);
  };
  return [name === null ? null : { name, notes: notes ?? "" }, write];
}
