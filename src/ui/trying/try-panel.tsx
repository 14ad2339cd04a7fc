import { useCallback, useRef } from "react";
import type { Command } from "../../protocol/commands";
import type { OpenRun } from "../../state/facts";
import { trialObstacle } from "../../state/stages";
import { Button, FileButton } from "../kit/controls";
import { Empty, Pending, Section } from "../kit/section";
import { useSelected, useStudio } from "../kit/studio";
import { text } from "../text";
import { Answer } from "./answer";
import { useDroppedImage, usePastedImage } from "./image-input";

const ACCEPTED = "image/png,image/jpeg,image/webp";

/** A run's networks on one image: one that somebody brings, or a test image. */
export function TryPanel() {
  const run = useSelected((state) => state.facts.open);
  return (
    <Section title={text.trying.title} name="try">
      {run === null || run.record.phase === "grouping" ? <Empty>{text.trying.none}</Empty> : <Trial run={run} />}
    </Section>
  );
}

function Trial({ run }: { readonly run: OpenRun }) {
  const { send } = useStudio();
  const obstacle = useSelected(({ facts }) => trialObstacle(facts));
  const trying = useSelected(({ facts }) => facts.activity.kind === "trying");
  const testImages = useSelected(({ facts: { dataset } }) => (dataset.kind === "stored" ? dataset.dataset.testCount : 0));
  const { id } = run.record;
  const disabled = obstacle !== null;
  const onFile = useCallback((file: File) => send(fileCommand(id, file)), [send, id]);
  const place = useRef<HTMLDivElement>(null);
  const hovering = useDroppedImage(place, disabled, onFile);
  usePastedImage(disabled, onFile);
  return (
    <div ref={place} className={hovering ? "try is-hovered" : "try"}>
      <div className="row try-how">
        <FileButton
          label={text.trying.choose}
          accept={ACCEPTED}
          disabled={disabled}
          onFiles={([file]) => file !== undefined && onFile(file)}
        />
        <Button
          disabled={disabled}
          onClick={() => send(testCommand(id, Math.floor(Math.random() * testImages)))}
          describedBy={disabled && !trying ? "try-obstacle" : undefined}
        >
          {text.trying.random}
        </Button>
        {disabled && !trying && (
          <span className="hint" id="try-obstacle">
            {text.obstacles[obstacle]}
          </span>
        )}
      </div>
      <p className="hint try-how">{text.trying.hint}</p>
      <div aria-live="polite">{trying ? <Pending>{text.trying.pending}</Pending> : <Outcome run={run} />}</div>
    </div>
  );
}

function Outcome({ run }: { readonly run: OpenRun }) {
  const { tried } = run;
  if (tried === null) return null;
  if (tried.kind === "done") return <Answer run={run} tried={tried} />;
  return (
    <p className="wrong">
      {text.trying.failed} {tried.error.message}. {tried.error.cure}
    </p>
  );
}

function fileCommand(runId: string, file: File): Command {
  return { kind: "tryImage", runId, image: { kind: "file", file, name: file.name || text.trying.fileName } };
}

function testCommand(runId: string, index: number): Command {
  return { kind: "tryImage", runId, image: { kind: "test", index } };
}
