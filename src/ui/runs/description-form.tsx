import { useEffect, useId, useRef } from "react";
import { LONGEST_NAME, LONGEST_NOTES, type RunDescription } from "../../model/run";
import { Button, TextField } from "../kit/controls";
import { text } from "../text";

interface Props {
  /** As written so far. */
  readonly draft: RunDescription;
  /** Whether it was just asked for: its first field gets the focus. */
  readonly focused: boolean;
  readonly onChange: (draft: RunDescription) => void;
  readonly onSave: (description: RunDescription) => void;
  readonly onCancel: () => void;
}

/** Name and notes of a run, to be changed. */
export function DescriptionForm({ draft, focused, onChange, onSave, onCancel }: Props) {
  const { name, notes } = draft;
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (focused) form.current?.querySelector("input")?.focus();
  }, [focused]);
  return (
    <form
      ref={form}
      className="description-form"
      onSubmit={(event) => {
        event.preventDefault();
        onSave({ name: name.trim().slice(0, LONGEST_NAME), notes: notes.slice(0, LONGEST_NOTES) });
      }}
    >
      <TextField
        label={text.runs.name}
        value={name}
        hint={text.runs.nameHint}
        numeric={false}
        onChange={(changed) => onChange({ name: changed, notes })}
      />
      <span className="field">
        <label htmlFor={id}>{text.runs.notes}</label>
        <textarea
          id={id}
          rows={3}
          maxLength={LONGEST_NOTES}
          value={notes}
          onChange={(event) => onChange({ name, notes: event.target.value })}
        />
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
