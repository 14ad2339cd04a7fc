import Download from "lucide-react/icons/download";
import { useMemo, useRef, useState } from "react";
import { formatBytes } from "../../base/bytes";
import type { RunRecord } from "../../model/run";
import type { Activity, ElsewhereView } from "../../protocol/views";
import { evaluateForm } from "../../state/config-form";
import { ConfirmButton } from "../kit/confirm";
import { Button, FileButton } from "../kit/controls";
import { moment } from "../kit/format";
import { useObjectUrl } from "../kit/hooks";
import { Empty, Pending, Section } from "../kit/section";
import { useSelected, useStudio } from "../kit/studio";
import { askToKeep } from "../persistence";
import { text } from "../text";
import { MirrorControl } from "./mirror-control";
import { RemovedRuns } from "./removed-runs";
import { StorageMeter } from "./storage-meter";

/** Classes of CIFAR-100, until a data set says otherwise. */
const CIFAR_CLASSES = 100;

/** Stored runs, newest first. */
export function RunsPanel() {
  const { send, store } = useStudio();
  const runs = useSelected((state) => state.facts.runs);
  const openId = useSelected((state) => state.facts.open?.record.id ?? null);
  const activity = useSelected((state) => state.facts.activity);
  const elsewhere = useSelected((state) => state.facts.elsewhere);
  const gone = useSelected((state) => state.facts.fatal !== null);
  const storage = useSelected((state) => state.facts.storage);
  const [removedLast, setRemovedLast] = useState<string | null>(null);
  const lists = useRef<HTMLDivElement>(null);
  const sorted = [...(runs ?? [])].sort((a, b) => b.createdAt - a.createdAt);
  return (
    <Section title={text.runs.title} name="runs">
      <div className="run-lists" ref={lists} tabIndex={-1}>
        {runs === null && <Pending>{text.runs.unknown}</Pending>}
        {runs?.length === 0 && <Empty>{text.runs.none}</Empty>}
        {sorted.length > 0 && (
          <ul className="runs">
            {sorted.map((record) => (
              <RunRow
                key={record.id}
                record={record}
                activity={activity}
                elsewhere={elsewhere}
                open={record.id === openId}
                bytes={storage?.runs[record.id] ?? null}
                disabled={gone}
                onOpen={() => send({ kind: "openRun", runId: record.id })}
                onContinue={() => send({ kind: "resume", runId: record.id })}
                onSave={() => send({ kind: "saveRun", runId: record.id })}
                onCopy={() => store.replaceConfig(record.config)}
                onRemove={() => {
                  setRemovedLast(record.id);
                  send({ kind: "removeRun", runId: record.id });
                }}
              />
            ))}
          </ul>
        )}
        <RemovedRuns last={removedLast} onLeave={() => lists.current?.focus()} />
      </div>
      <SavedRun />
      <LoadRun />
      <MirrorControl />
      <Stored />
    </Section>
  );
}

/** The run last saved, until another is. */
function SavedRun() {
  const saved = useSelected((state) => state.facts.saved);
  const url = useObjectUrl(saved?.file ?? null);
  if (saved === null) return null;
  return (
    <a className="button" download={saved.fileName} href={url ?? undefined}>
      <Download aria-hidden="true" />
      {text.runs.saved(saved.fileName)}
    </a>
  );
}

/** Takes up a run, a bundle or a checkpoint that was saved here, on another machine or by the command line. */
function LoadRun() {
  const { send } = useStudio();
  const disabled = useSelected(({ facts }) => facts.activity.kind !== "idle" || facts.elsewhere !== null || facts.fatal !== null);
  return (
    <FileButton
      label={text.runs.load}
      accept=".zip,application/zip,.safetensors"
      disabled={disabled}
      onFiles={([file]) => file !== undefined && send({ kind: "loadRun", file })}
    />
  );
}

/** The storage of this browser, where it tells of it. */
function Stored() {
  const storage = useSelected((state) => state.facts.storage);
  const form = useSelected((state) => state.form);
  const dataset = useSelected((state) => state.facts.dataset);
  const { config } = useMemo(() => evaluateForm(form), [form]);
  if (storage === null) return null;
  const classes = dataset.kind === "stored" ? dataset.dataset.classes.length : CIFAR_CLASSES;
  return <StorageMeter storage={storage} config={config} classes={classes} onKeep={askToKeep} />;
}

interface RowProps {
  readonly record: RunRecord;
  readonly activity: Activity;
  readonly elsewhere: ElsewhereView | null;
  readonly open: boolean;
  /** Of its files; null where unknown. */
  readonly bytes: number | null;
  readonly disabled: boolean;
  readonly onOpen: () => void;
  readonly onContinue: () => void;
  readonly onSave: () => void;
  readonly onCopy: () => void;
  readonly onRemove: () => void;
}

export function RunRow({
  record,
  activity,
  elsewhere,
  open,
  bytes,
  disabled,
  onOpen,
  onContinue,
  onSave,
  onCopy,
  onRemove,
}: RowProps) {
  const idle = activity.kind === "idle" && !disabled;
  const running = "runId" in activity && activity.runId === record.id;
  const changeable = idle && elsewhere === null;
  // Also while another run trains: it may wait for room.
  const removable = !running && !disabled && elsewhere === null;
  const interrupted = !running && (record.phase === "grouping" || record.phase === "finetuning");
  const name = moment(record.createdAt);
  const phase = elsewhere?.runId === record.id ? text.elsewhere.run : text.runs.phases[record.phase];
  const status = running ? text.runs.running : phase;
  return (
    <li className={open ? "run is-open" : "run"} aria-current={open ? "true" : undefined}>
      <p>
        <span className="strong">{name}</span> {record.config.preset} · {record.config.grouping} · {record.datasetSource}
      </p>
      <p className="hint">
        {status}
        {bytes !== null && bytes > 0 && ` · ${formatBytes(bytes)}`}
        {record.failure !== null && `; ${record.failure.message}`}
      </p>
      <div className="row">
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
    </li>
  );
}
