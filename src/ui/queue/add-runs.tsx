import { useMemo } from "react";
import type { Config } from "../../model/config";
import { evaluateForm, valueAt } from "../../state/config-form";
import { draftedRuns, type QueueDraft } from "../../state/queue-draft";
import { Button, Select, TextField } from "../kit/controls";
import { useDraft } from "../kit/draft";
import { RunEstimate } from "../kit/run-estimate";
import { useSelected, useStudio } from "../kit/studio";
import { Disclosure } from "../kit/view";
import { text } from "../text";
import { ImportSweep } from "./import-sweep";

/** The form's configuration with several seeds or values of a field, or the runs of a sweep file. */
export function AddRuns() {
  const form = useSelected((state) => state.form);
  const { config } = useMemo(() => evaluateForm(form), [form]);
  return (
    <Disclosure name="queue-add" summary={text.queue.add.title}>
      <div className="queue-add">
        {config === null ? <p className="wrong">{text.queue.add.invalid}</p> : <FromForm config={config} />}
        <ImportSweep />
      </div>
    </Disclosure>
  );
}

function FromForm({ config }: { readonly config: Config }) {
  const { send } = useStudio();
  const disabled = useSelected(({ facts }) => facts.elsewhere !== null || facts.fatal !== null);
  const [seeds, writeSeeds] = useDraft("queue-seeds");
  const [field, chooseField] = useDraft("queue-field");
  const [values, writeValues] = useDraft("queue-values");
  const known = FIELDS.find(({ value }) => value === field)?.value ?? "";
  const draft = useMemo((): QueueDraft => ({ seeds: seeds ?? "", field: known, values: values ?? "" }), [seeds, known, values]);
  const result = useMemo(() => draftedRuns(config, draft), [config, draft]);
  return (
    <>
      <TextField
        label={text.queue.add.seeds}
        value={draft.seeds}
        hint={text.queue.add.seedsHint(config.seed)}
        numeric={false}
        onChange={(typed) => writeSeeds(typed === "" ? null : typed)}
      />
      <Select
        label={text.queue.add.field}
        value={draft.field}
        options={FIELDS}
        onChange={(chosen) => {
          chooseField(chosen === "" ? null : chosen);
          writeValues(null);
        }}
      />
      {draft.field !== "" && (
        <TextField
          label={text.queue.add.values}
          value={draft.values}
          hint={text.queue.add.valuesHint(String(valueAt(config, draft.field)), choicesOf(draft.field))}
          numeric={false}
          onChange={(typed) => writeValues(typed === "" ? null : typed)}
        />
      )}
      {result.kind === "wrong" ? (
        <p className="wrong">{result.problem}</p>
      ) : (
        <>
          <RunEstimate configs={result.configs} />
          <Button disabled={disabled} onClick={() => send({ kind: "enqueue", sweep: result.sweep })}>
            {text.queue.add.button(result.configs.length)}
          </Button>
        </>
      )}
    </>
  );
}

/** The fields of the form but the seed, which is asked for by itself. Both stages have fields of one name. */
const FIELDS = [
  { value: "", name: text.queue.add.noField },
  ...Object.entries(text.configuration.fields)
    .filter(([path]) => path !== "seed")
    .map(([path, { label }]) => ({ value: path, name: `${stageOf(path)}${label}` })),
];

/** Names of a field that has a few values only, none for others. */
function choicesOf(path: string): readonly string[] {
  const field = Object.entries(text.configuration.fields).find(([name]) => name === path)?.[1];
  return field !== undefined && "choices" in field ? Object.keys(field.choices) : [];
}

function stageOf(path: string): string {
  if (path.startsWith("group.")) return `${text.configuration.stage1}: `;
  return path.startsWith("finetune.") ? `${text.configuration.stage2}: ` : "";
}
