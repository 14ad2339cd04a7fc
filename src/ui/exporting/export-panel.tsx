import Download from "lucide-react/icons/download";
import { formatBytes } from "../../base/bytes";
import type { Activity } from "../../protocol/views";
import { Progress } from "../kit/controls";
import { useObjectUrl } from "../kit/hooks";
import { Empty, Section } from "../kit/section";
import { useSelected, useStudio } from "../kit/studio";
import { text } from "../text";
import { ExportChoices } from "./export-choices";
import { VerifyExport, VerifyProgress } from "./verification";

/** The exported zip, once there is one, and what another program makes of it. */
export function ExportPanel() {
  const { send } = useStudio();
  const run = useSelected((state) => state.facts.open);
  const activity = useSelected((state) => state.facts.activity);
  const url = useObjectUrl(run?.exported?.file ?? null);
  const exporting = activity.kind === "exporting" || activity.kind === "verifying" ? activity : null;
  return (
    <Section title={text.exporting.title} name="export">
      <ExportChoices />
      {exporting !== null && <ExportProgress {...exporting} />}
      {run === null || run.exported === null ? (
        exporting === null && <Empty>{text.exporting.none}</Empty>
      ) : (
        <>
          <p className="row">
            <a className="button button-primary" download={run.exported.fileName} href={url ?? undefined}>
              <Download aria-hidden="true" />
              {text.exporting.download(run.exported.fileName)}
            </a>
            <span className="hint">
              {text.exporting.ready} · {formatBytes(run.exported.file.size)}
            </span>
          </p>
          <VerifyExport
            verification={run.verification}
            onVerify={() => run.exported && send({ kind: "verifyExport", runId: run.record.id, file: run.exported.file })}
          />
        </>
      )}
    </Section>
  );
}

function ExportProgress(activity: Extract<Activity, { kind: "exporting" | "verifying" }>) {
  if (activity.kind === "exporting")
    return <Progress label={text.stages.exporting} value={activity.filesDone} max={activity.filesTotal} />;
  return <VerifyProgress done={activity.done} total={activity.total} />;
}
