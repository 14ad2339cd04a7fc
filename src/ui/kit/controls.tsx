import Upload from "lucide-react/icons/upload";
import { type ReactNode, useId } from "react";

interface ButtonProps {
  readonly onClick: () => void;
  readonly children: ReactNode;
  readonly kind?: "primary" | "plain" | "quiet" | "danger";
  readonly disabled?: boolean;
  readonly label?: string;
  /** Id of the text that says why it is disabled. */
  readonly describedBy?: string | undefined;
}

export function Button({ onClick, children, kind = "plain", disabled = false, label, describedBy }: ButtonProps) {
  return (
    <button
      type="button"
      className={`button button-${kind}`}
      onClick={onClick}
      disabled={disabled}
      aria-label={label}
      aria-describedby={describedBy}
    >
      {children}
    </button>
  );
}

interface FileButtonProps {
  readonly label: string;
  /** Endings and media types that the browser offers first. */
  readonly accept: string;
  readonly onFiles: (files: readonly File[]) => void;
  readonly multiple?: boolean;
  readonly disabled?: boolean;
  /** Id of what explains it. */
  readonly describedBy?: string;
}

/** A file input that looks like a button; told the chosen files, never none. */
export function FileButton({ label, accept, onFiles, multiple = false, disabled = false, describedBy }: FileButtonProps) {
  return (
    <label className={disabled ? "button button-plain file is-disabled" : "button button-plain file"}>
      <Upload aria-hidden="true" />
      {label}
      <input
        type="file"
        multiple={multiple}
        disabled={disabled}
        accept={accept}
        aria-describedby={describedBy}
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          event.target.value = "";
          if (files.length > 0) onFiles(files);
        }}
      />
    </label>
  );
}

interface ProgressProps {
  readonly label: string;
  readonly value: number;
  /** Null: how much there is to do is not known. */
  readonly max: number | null;
}

export function Progress({ label, value, max }: ProgressProps) {
  return max === null || max === 0 ? (
    <progress className="progress" aria-label={label} />
  ) : (
    <progress className="progress" aria-label={label} value={Math.min(value, max)} max={max} />
  );
}

export interface Option {
  readonly value: string;
  readonly name: string;
}

interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly Option[];
  readonly onChange: (value: string) => void;
  readonly inline?: boolean;
}

export function Select({ label, value, options, onChange, inline = false }: SelectProps) {
  const id = useId();
  return (
    <span className={inline ? "field field-inline" : "field"}>
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.name}
          </option>
        ))}
      </select>
    </span>
  );
}

interface CheckProps {
  readonly label: string;
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
}

/** One of several things that can be chosen together. */
export function Check({ label, on, onChange }: CheckProps) {
  return (
    <label className="check">
      <input type="checkbox" checked={on} onChange={(event) => onChange(event.target.checked)} />
      {label}
    </label>
  );
}

interface SwitchProps {
  readonly label: string;
  readonly on: boolean;
  /** What it does, or why it cannot be used. */
  readonly hint: string;
  readonly disabled?: boolean;
  readonly onChange: (on: boolean) => void;
}

export function Switch({ label, on, hint, disabled = false, onChange }: SwitchProps) {
  const id = useId();
  return (
    <span className="switch">
      <label className="check">
        <input
          type="checkbox"
          role="switch"
          checked={on}
          aria-checked={on}
          disabled={disabled}
          aria-describedby={id}
          onChange={(event) => onChange(event.target.checked)}
        />
        {label}
      </label>
      <span id={id} className="field-note">
        {hint}
      </span>
    </span>
  );
}

interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly onChange: (value: string) => void;
  readonly numeric?: boolean;
}

export function TextField({ label, value, hint, error, onChange, numeric = true }: TextFieldProps) {
  const id = useId();
  const note = error ?? hint;
  return (
    <span className={error === undefined ? "field" : "field field-wrong"}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        value={value}
        inputMode={numeric ? "decimal" : "text"}
        autoComplete="off"
        spellCheck={false}
        aria-invalid={error !== undefined}
        aria-describedby={note === undefined ? undefined : `${id}-note`}
        onChange={(event) => onChange(event.target.value)}
      />
      {note !== undefined && (
        <span id={`${id}-note`} className="field-note">
          {note}
        </span>
      )}
    </span>
  );
}
