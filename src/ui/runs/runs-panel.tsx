import Download from "lucide-react/icons/download";
import { useEffect, useId, useMemo, useRef, useState } from "react";
import { MOST_COMPARED, type RunDescription } from "../../model/run";
import { evaluateForm } from "../../state/config-form";
import { listIn, listText } from "../../state/view";
import { FileButton } from "../kit/controls";
import { useObjectUrl } from "../kit/hooks";
import { Empty, Pending, Section } from "../kit/section";
import { useSelected, useStudio } from "../kit/studio";
import { useViewed } from "../kit/view";
import { askToKeep } from "../persistence";
import { text } from "../text";
import { MirrorControl } from "./mirror-control";
import { RemovedRuns } from "./removed-runs";
import { RunRow } from "./run-row";
import { StorageMeter } from "./storage-meter";

const NOTHING_SAID: RunDescription = { name: "", notes: "" };

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
  const descriptions = useSelected((state) => state.facts.descriptions);
  const [ticked, compare] = useViewed("compare");
  const compared = listIn(ticked ?? undefined);
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
                description={descriptions[record.id] ?? NOTHING_SAID}
                activity={activity}
                elsewhere={elsewhere}
                open={record.id === openId}
                bytes={storage?.runs[record.id] ?? null}
                disabled={gone}
                compared={compared.includes(record.id)}
                comparable={compared.includes(record.id) || compared.length < MOST_COMPARED}
                onCompare={(on) => {
                  const others = compared.filter((id) => id !== record.id);
                  compare(listText(on ? [...others, record.id] : others));
                }}
                onOpen={() => send({ kind: "openRun", runId: record.id })}
                onContinue={() => send({ kind: "resume", runId: record.id })}
                onDescribe={(said) => send({ kind: "describeRun", runId: record.id, ...said })}
                onSave={() => send({ kind: "saveRun", runId: record.id })}
                onMetrics={(format) => send({ kind: "saveMetrics", runId: record.id, format })}
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
  const link = useRef<HTMLAnchorElement>(null);
  // What a press asked for is handed over without a second one; the link stays for another copy.
  useEffect(() => {
    if (url !== null) link.current?.click();
  }, [url]);
  if (saved === null) return null;
  return (
    <a ref={link} className="button" download={saved.fileName} href={url ?? undefined}>
      <Download aria-hidden="true" />
      {text.runs.saved(saved.fileName)}
    </a>
  );
}

/** Takes up a run, a bundle or a checkpoint that was saved here, on another machine or by the command line, or weights of the open run. */
function LoadRun() {
  const { send } = useStudio();
  const openId = useSelected((state) => state.facts.open?.record.id ?? null);
  const form = useSelected((state) => state.form);
  const { config } = useMemo(() => evaluateForm(form), [form]);
  const hint = useId();
  const disabled = useSelected(({ facts }) => facts.activity.kind !== "idle" || facts.elsewhere !== null || facts.fatal !== null);
  return (
    <>
      <FileButton
        label={text.runs.load}
        accept=".zip,application/zip,.safetensors,.onnx,.json,.bin"
        multiple
        disabled={disabled}
        describedBy={hint}
        onFiles={(files) =>
          send({ kind: "loadRun", files: [...files], names: files.map(({ name }) => name), runId: openId, config })
        }
      />
      <p id={hint} className="hint">
        {text.runs.loadHint}
      </p>
    </>
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
