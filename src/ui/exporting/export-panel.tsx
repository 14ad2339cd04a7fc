import Download from "lucide-react/icons/download";
import { formatBytes } from "../../base/bytes";
import { Progress } from "../kit/controls";
import { useObjectUrl } from "../kit/hooks";
import { Empty, Section } from "../kit/section";
import { useSelected } from "../kit/studio";
import { text } from "../text";

/** The exported zip, once there is one. */
export function ExportPanel() {
  const exported = useSelected((state) => state.facts.open?.exported ?? null);
  const exporting = useSelected((state) => state.facts.activity.kind === "exporting");
  return <ExportView exported={exported} exporting={exporting} />;
}

interface Props {
  readonly exported: { readonly fileName: string; readonly file: Blob } | null;
  readonly exporting: boolean;
}

export function ExportView({ exported, exporting }: Props) {
  const url = useObjectUrl(exported?.file ?? null);
  return (
    <Section title={text.exporting.title} name="export">
      {exporting && <Progress label={text.stages.exporting} value={0} max={null} />}
      {exported === null ? (
        !exporting && <Empty>{text.exporting.none}</Empty>
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
