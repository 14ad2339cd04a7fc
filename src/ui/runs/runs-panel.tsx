import Download from "lucide-react/icons/download";
import { useEffect, useId, useMemo, useRef, useState } from "react";
import { MOST_DRAWN, type RunDescription } from "../../model/run";
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
import { type RunActions, RunRow } from "./run-row";
import { StorageMeter } from "./storage-meter";

const NOTHING_SAID: RunDescription = { name: "", notes: "" };

/** Classes of CIFAR-100, until a data set says otherwise. */
const CIFAR_CLASSES = 100;

/** Stored runs, newest first. */
export function RunsPanel() {
  const runs = useSelected((state) => state.facts.runs);
  const openId = useSelected((state) => state.facts.open?.record.id ?? null);
  const runningId = useSelected(({ facts: { activity } }) => ("runId" in activity ? activity.runId : null));
  const idle = useSelected((state) => state.facts.activity.kind === "idle");
  const elsewhere = useSelected((state) => state.facts.elsewhere);
  const gone = useSelected((state) => state.facts.fatal !== null);
  const storage = useSelected((state) => state.facts.storage);
  const descriptions = useSelected((state) => state.facts.descriptions);
  const [ticked] = useViewed("compare");
  const compared = listIn(ticked ?? undefined);
  const [removedLast, setRemovedLast] = useState<string | null>(null);
  const lists = useRef<HTMLDivElement>(null);
  const actions = useActions(setRemovedLast);
  const sorted = useMemo(() => [...(runs ?? [])].sort((a, b) => b.createdAt - a.createdAt), [runs]);
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
                open={record.id === openId}
                running={record.id === runningId}
                idle={idle}
                elsewhere={elsewhere === null ? "nothing" : elsewhere.runId === record.id ? "this run" : "something else"}
                bytes={storage?.runs[record.id] ?? null}
                disabled={gone}
                compared={compared.includes(record.id)}
                comparable={compared.includes(record.id) || compared.length < MOST_DRAWN}
                actions={actions}
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

/** The same for every row and at all times, so that no row is drawn anew for them. */
function useActions(onRemove: (runId: string) => void): RunActions {
  const { send, store } = useStudio();
  return useMemo(
    () => ({
      compare(runId, on) {
        const others = listIn(store.getState().view.compare).filter((id) => id !== runId);
        store.look({ compare: listText(on ? [...others, runId] : others) });
      },
      open: (runId) => send({ kind: "openRun", runId }),
      continue: (runId) => send({ kind: "resume", runId }),
      describe: (runId, said) => send({ kind: "describeRun", runId, ...said }),
      save: (runId) => send({ kind: "saveRun", runId }),
      saveMetrics: (runId, format) => send({ kind: "saveMetrics", runId, format }),
      copyConfig: ({ config }) => store.replaceConfig(config),
      remove(runId) {
        onRemove(runId);
        send({ kind: "removeRun", runId });
      },
    }),
    [send, store, onRemove],
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
