import Download from "lucide-react/icons/download";
import { formatBytes } from "../../base/bytes";
import type { Activity } from "../../protocol/views";
import { Progress } from "../kit/controls";
import { useObjectUrl } from "../kit/hooks";
import { Empty, Section } from "../kit/section";
import { useSelected } from "../kit/studio";
import { text } from "../text";

/** The exported zip, once there is one. */
export function ExportPanel() {
  const exported = useSelected((state) => state.facts.open?.exported ?? null);
  const activity = useSelected((state) => state.facts.activity);
  return <ExportView exported={exported} exporting={activity.kind === "exporting" ? activity : null} />;
}

interface Props {
  readonly exported: { readonly fileName: string; readonly file: Blob } | null;
  readonly exporting: Extract<Activity, { kind: "exporting" }> | null;
}

export function ExportView({ exported, exporting }: Props) {
  const url = useObjectUrl(exported?.file ?? null);
  return (
    <Section title={text.exporting.title} name="export">
      {exporting !== null && <Progress label={text.stages.exporting} value={exporting.filesDone} max={exporting.filesTotal} />}
      {exported === null ? (
        exporting === null && <Empty>{text.exporting.none}</Empty>
      ) : (
        <p className="row">
          <a className="button button-primary" download={exported.fileName} href={url ?? undefined}>
            <Download aria-hidden="true" />
            {text.exporting.download(exported.fileName)}
          </a>
          <span className="hint">
            {text.exporting.ready} · {formatBytes(exported.file.size)}
          </span>
        </p>
      )}
    </Section>
  );
}
