import { useRef, useState } from "react";
import type { Activity, DatasetView } from "../../protocol/views";
import type { DatasetFact } from "../../state/facts";
import { ConfirmButton } from "../kit/confirm";
import { Button, Progress } from "../kit/controls";
import { RemovedNote } from "../kit/removed-note";
import { Empty, Pending, Section } from "../kit/section";
import { useSelected, useStudio } from "../kit/studio";
import { text } from "../text";
import { ArchiveHelp } from "./archive-help";
import { ClassCounts } from "./class-counts";
import { DropZone } from "./drop-zone";
import { Explorer } from "./explorer";
import { ImageGrid } from "./image-grid";

/** The stored data set, and the ways to bring one in. */
export function DatasetPanel() {
  const { send } = useStudio();
  const dataset = useSelected((state) => state.facts.dataset);
  const activity = useSelected((state) => state.facts.activity);
  const gone = useSelected((state) => state.facts.fatal !== null);
  const elsewhere = useSelected((state) => state.facts.elsewhere !== null);
  const [removedHere, setRemovedHere] = useState(false);
  const panel = useRef<HTMLDivElement>(null);
  const busy = gone || elsewhere || activity.kind !== "idle";
  return (
    <Section title={text.dataset.title} name="dataset">
      <div ref={panel} tabIndex={-1}>
        <DatasetState dataset={dataset} activity={activity} />
      </div>
      <RemovedData disabled={busy} focused={removedHere} onLeave={() => panel.current?.focus()} />
      {activity.kind === "loadingData" && !gone && (
        <div>
          <Button onClick={() => send({ kind: "stop" })}>{text.stages.stop}</Button>
        </div>
      )}
      <div className="row">
        <DropZone disabled={busy} onFiles={(files) => send(importCommand(files))} />
        <Button
          kind={dataset.kind === "none" ? "primary" : "plain"}
          disabled={busy}
          onClick={() => send({ kind: "useSampleData" })}
        >
          {text.dataset.sample}
        </Button>
        {dataset.kind === "stored" && (
          <ConfirmButton
            action={text.dataset.remove}
            title={text.dataset.removeTitle}
            body={text.dataset.removeBody}
            disabled={busy}
            onConfirm={() => {
              setRemovedHere(true);
              send({ kind: "removeData" });
            }}
          />
        )}
      </div>
      {dataset.kind === "stored" ? (
        <>
          <ImageGrid key={dataset.dataset.id} dataset={dataset.dataset} />
          <Explorer key={`${dataset.dataset.id} explorer`} dataset={dataset.dataset} />
          <ClassCounts dataset={dataset.dataset} />
        </>
      ) : (
        <p className="hint">{text.dataset.accepts}</p>
      )}
      <ArchiveHelp open={dataset.kind === "none"} />
    </Section>
  );
}

interface RemovedProps {
  readonly disabled: boolean;
  readonly focused: boolean;
  /** Called before the note goes, which may hold the focus. */
  readonly onLeave: () => void;
}

/** The data set that was removed, until it is taken back, freed or replaced. */
function RemovedData({ disabled, focused, onLeave }: RemovedProps) {
  const { send } = useStudio();
  const removed = useSelected((state) => state.facts.removed?.find((view) => view.kind === "dataset") ?? null);
  if (removed === null) return null;
  const leaveWith = (kind: "restoreData" | "freeData") => () => {
    onLeave();
    send({ kind });
  };
  return (
    <RemovedNote
      sentence={text.dataset.removed(removed.source)}
      bytes={removed.bytes}
      disabled={disabled}
      focused={focused}
      onUndo={leaveWith("restoreData")}
      onFree={leaveWith("freeData")}
    />
  );
}

function importCommand(files: readonly File[]) {
  return { kind: "importData" as const, files: [...files], names: files.map((file) => file.name) };
}

interface StateProps {
  readonly dataset: DatasetFact;
  readonly activity: Activity;
}

/** The first lines of the panel: nothing yet, reading, or what is stored. */
export function DatasetState({ dataset, activity }: StateProps) {
  if (activity.kind === "loadingData") {
    const { file, bytesDone, bytesTotal } = activity;
    return (
      <div className="loading">
        <p>{text.dataset.loading(file)}</p>
        <Progress label={text.dataset.loading(file)} value={bytesDone} max={bytesTotal} />
      </div>
    );
  }
  if (dataset.kind === "unknown") return <Pending>{text.dataset.unknown}</Pending>;
  if (dataset.kind === "none") {
    return (
      <Empty>
        {text.dataset.none} {text.dataset.drop}
      </Empty>
    );
  }
  return <StoredData dataset={dataset.dataset} />;
}

function StoredData({ dataset }: { readonly dataset: DatasetView }) {
  const { source, original, trainCount, validationCount, testCount, classes, superclasses } = dataset;
  return (
    <div className="stored">
      <p className="stored-name">{source}</p>
      <p>{text.dataset.classesOf(classes.length, superclasses.length)}</p>
      <p>{text.dataset.counts(trainCount, validationCount, testCount)}</p>
      <p className="hint" title={dataset.id} data-testid="content-hash">
        {text.dataset.content(dataset.id)}
      </p>
      <p className="hint">
        {original === null ? text.dataset.notOriginal : text.dataset.original(original)}
        {" · "}
        {text.dataset.splitSeed(dataset.splitSeed)}
      </p>
    </div>
  );
}
