import { memo, useState } from "react";
import { formatBytes } from "../../base/bytes";
import { MOST_DRAWN, type RunDescription, type RunRecord } from "../../model/run";
import { ConfirmButton } from "../kit/confirm";
import { Button } from "../kit/controls";
import { useDraft } from "../kit/draft";
import { moment } from "../kit/format";
import { Disclosure } from "../kit/view";
import { text } from "../text";
import { DescriptionForm } from "./description-form";
import { ForkFrom, Origin } from "./fork-from";

/** What can be done with a run, by its id. */
export interface RunActions {
  compare(runId: string, on: boolean): void;
  open(runId: string): void;
  continue(runId: string): void;
  describe(runId: string, description: RunDescription): void;
  save(runId: string): void;
  saveMetrics(runId: string, format: "csv" | "json"): void;
  copyConfig(record: RunRecord): void;
  remove(runId: string): void;
}

interface RowProps {
  readonly record: RunRecord;
  readonly description: RunDescription;
  readonly open: boolean;
  /** Whether it is the run being trained, and whether the engine does nothing. */
  readonly running: boolean;
  readonly idle: boolean;
  /** What another tab is at work on. */
  readonly elsewhere: "nothing" | "this run" | "something else";
  /** Of its files; null where unknown. */
  readonly bytes: number | null;
  readonly disabled: boolean;
  /** Whether it is among the runs compared, and whether it may be. */
  readonly compared: boolean;
  readonly comparable: boolean;
  readonly actions: RunActions;
}

/** A stored run, and what can be done with it. Drawn anew only when something of it changes: there may be hundreds. */
export const RunRow = memo(function RunRow({
  record,
  description,
  open,
  running,
  idle: engineIdle,
  elsewhere,
  bytes,
  disabled,
  compared,
  comparable,
  actions,
}: RowProps) {
  const { id } = record;
  const idle = engineIdle && !disabled;
  const changeable = idle && elsewhere === "nothing";
  // Also while another run trains: it may wait for room.
  const removable = !running && !disabled && elsewhere === "nothing";
  const interrupted = !running && (record.phase === "grouping" || record.phase === "finetuning");
  const [draft, write] = useDescriptionDraft(record.id);
  const [describing, setDescribing] = useState(false);
  const date = moment(record.createdAt);
  const name = description.name === "" ? date : `${description.name}, ${date}`;
  const phase = elsewhere === "this run" ? text.elsewhere.run : text.runs.phases[record.phase];
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
            actions.describe(id, said);
          }}
        />
      )}
      <div className="row">
        <label className="check run-compare" title={comparable ? undefined : text.compare.most(MOST_DRAWN)}>
          <input
            type="checkbox"
            checked={compared}
            disabled={!comparable}
            aria-label={text.compare.tickLabel(name)}
            onChange={({ target }) => actions.compare(id, target.checked)}
          />
          {text.compare.tick}
        </label>
        {!open && (
          <Button kind="quiet" disabled={!idle} label={`${text.runs.open} ${name}`} onClick={() => actions.open(id)}>
            {text.runs.open}
          </Button>
        )}
        {interrupted && !open && (
          <Button
            kind="quiet"
            disabled={!changeable}
            label={`${text.runs.continue} ${name}`}
            onClick={() => actions.continue(id)}
          >
            {text.runs.continue}
          </Button>
        )}
        <Button kind="quiet" label={`${text.runs.copy} ${name}`} onClick={() => actions.copyConfig(record)}>
          {text.runs.copy}
        </Button>
        <Button
          kind="quiet"
          disabled={disabled || elsewhere !== "nothing"}
          label={`${text.runs.describe} ${name}`}
          onClick={() => {
            setDescribing(true);
            write(description);
          }}
        >
          {text.runs.describe}
        </Button>
        <Button kind="quiet" label={`${text.runs.save} ${name}`} onClick={() => actions.save(id)}>
          {text.runs.save}
        </Button>
        <ConfirmButton
          action={text.runs.remove}
          label={`${text.runs.remove} ${name}`}
          title={text.runs.removeTitle}
          body={text.runs.removeBody(name)}
          disabled={!removable}
          onConfirm={() => actions.remove(id)}
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
              onClick={() => actions.saveMetrics(id, format)}
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
});

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
