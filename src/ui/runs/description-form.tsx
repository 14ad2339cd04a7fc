import { useEffect, useId, useRef, useState } from "react";
import { LONGEST_NAME, LONGEST_NOTES, type RunDescription } from "../../model/run";
import { Button, TextField } from "../kit/controls";
import { text } from "../text";

interface Props {
  readonly description: RunDescription;
  readonly onSave: (description: RunDescription) => void;
  readonly onCancel: () => void;
}

/** Name and notes of a run, to be changed. */
export function DescriptionForm({ description, onSave, onCancel }: Props) {
  const [name, setName] = useState(description.name);
  const [notes, setNotes] = useState(description.notes);
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector("input")?.focus(), []);
  return (
    <form
      ref={form}
      className="description-form"
      onSubmit={(event) => {
        event.preventDefault();
        onSave({ name: name.trim().slice(0, LONGEST_NAME), notes: notes.slice(0, LONGEST_NOTES) });
      }}
    >
      <TextField label={text.runs.name} value={name} hint={text.runs.nameHint} numeric={false} onChange={setName} />
      <span className="field">
        <label htmlFor={id}>{text.runs.notes}</label>
        <textarea id={id} rows={3} maxLength={LONGEST_NOTES} value={notes} onChange={(event) => setNotes(event.target.value)} />
      </span>
      <div className="row">
        <button type="submit" className="button button-plain">
          {text.runs.keep}
        </button>
        <Button kind="quiet" onClick={onCancel}>
          {text.runs.cancel}
        </Button>
      </div>
    </form>
  );
}
