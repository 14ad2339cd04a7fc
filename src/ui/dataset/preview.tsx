import { useEffect, useMemo, useRef, useState } from "react";
import type { Config } from "../../model/config";
import type { TrainingStage } from "../../model/run";
import type { ExampleChoice } from "../../protocol/commands";
import type { PreviewDraw, PreviewView } from "../../protocol/views";
import { evaluateForm } from "../../state/config-form";
import { CaptionedImages } from "../kit/captioned-images";
import { Select, TextField } from "../kit/controls";
import { count } from "../kit/format";
import { Pending } from "../kit/section";
import { useSelected, useStudio } from "../kit/studio";
import { text } from "../text";

/** Epochs shown at once. */
const EPOCHS = 8;
const LARGEST_SEED = 0xffffffff;
const LARGEST_EPOCH = 1_000_000;

interface Props {
  readonly part: ExampleChoice["part"];
  readonly index: number;
  readonly classes: readonly string[];
}

/** One image as it is, as evaluated, and as training with the configuration of the form sees it, epoch by epoch. */
export function Preview({ part, index, classes }: Props) {
  const form = useSelected((state) => state.form);
  const { config } = useMemo(() => evaluateForm(form), [form]);
  const { preview: words } = text.dataset;
  const box = useRef<HTMLElement>(null);
  // It stands below a page of images, one of which was pressed.
  useEffect(() => box.current?.scrollIntoView({ block: "nearest" }), []);
  return (
    <section ref={box} className="preview" aria-label={words.title}>
      <h3>{words.title}</h3>
      {config === null ? (
        <p className="hint">{words.invalid}</p>
      ) : (
        <Previewed part={part} index={index} classes={classes} config={config} />
      )}
    </section>
  );
}

function Previewed({ part, index, classes, config }: Props & { readonly config: Config }) {
  const { send } = useStudio();
  const preview = useSelected((state) => state.facts.preview);
  const [seedText, setSeed] = useState(String(config.seed));
  const [epochText, setEpoch] = useState("1");
  const [stage, setStage] = useState<TrainingStage>("group");
  const seed = wholeOf(seedText, 0, LARGEST_SEED);
  const epoch = wholeOf(epochText, 1, LARGEST_EPOCH);
  useEffect(() => {
    if (seed === null || epoch === null) return;
    send({ kind: "previewImage", part, index, config: { ...config, seed }, stage, firstEpoch: epoch - 1, epochs: EPOCHS });
  }, [send, part, index, config, seed, epoch, stage]);
  const { preview: words } = text.dataset;
  const current = preview?.part === part && preview.index === index ? preview : null;
  return (
    <>
      {part === "train" && (
        <div className="preview-fields">
          <TextField label={words.seed} value={seedText} error={seed === null ? words.seedWrong : undefined} onChange={setSeed} />
          <TextField
            label={words.epoch}
            value={epochText}
            error={epoch === null ? words.epochWrong : undefined}
            onChange={setEpoch}
          />
          <Select
            label={words.stage}
            value={stage}
            options={(["group", "finetune"] as const).map((name) => ({ value: name, name: text.stages.progressOf(name) }))}
            onChange={(value) => setStage(value === "finetune" ? "finetune" : "group")}
          />
        </div>
      )}
      {current === null ? <Pending>{text.dataset.imagesPending}</Pending> : <Pictures preview={current} classes={classes} />}
      <p className="hint">{part === "train" ? words.hint : words.notTrained}</p>
    </>
  );
}

function Pictures({ preview, classes }: { readonly preview: PreviewView; readonly classes: readonly string[] }) {
  const { preview: words } = text.dataset;
  const name = classes[preview.label] ?? "";
  const captions = [words.original(name), words.evaluated, ...preview.draws.map(drawText)];
  return <CaptionedImages rgba={preview.rgba} captions={captions} label={words.pictures(name)} />;
}

function drawText({ epoch, step, down, right, flip }: PreviewDraw): string {
  const { preview: words } = text.dataset;
  const moves = [
    down === 0 ? "" : `${count(Math.abs(down))} ${down > 0 ? words.down : words.up}`,
    right === 0 ? "" : `${count(Math.abs(right))} ${right > 0 ? words.right : words.left}`,
    flip ? words.mirrored : "",
  ].filter((move) => move !== "");
  return words.draw(epoch + 1, step, moves.length === 0 ? words.unmoved : moves.join(", "));
}

/** The whole number in a text, null where there is none in that range. */
function wholeOf(typed: string, least: number, most: number): number | null {
  const value = typed.trim() === "" ? Number.NaN : Number(typed);
  return Number.isInteger(value) && value >= least && value <= most ? value : null;
}
