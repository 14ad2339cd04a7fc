import { useId, useState } from "react";
import { Button } from "../kit/controls";
import { useDraft } from "../kit/draft";
import { Disclosure } from "../kit/view";
import { text } from "../text";

interface Props {
  readonly value: unknown;
  readonly onApply: (value: unknown) => void;
}

/** The whole configuration as text: shown as it is until edited, then kept as typed until applied. */
export function JsonEditor({ value, onApply }: Props) {
  const id = useId();
  const [draft, setDraft] = useDraft("configuration");
  const [problem, setProblem] = useState<string | null>(null);
  const apply = (): void => {
    const parsed = parseJson(draft ?? "");
    setProblem(parsed.problem);
    if (parsed.problem !== null) return;
    setDraft(null);
    onApply(parsed.value);
  };
  return (
    <Disclosure name="json" summary={text.configuration.json}>
      <label htmlFor={id} className="hint">
        {text.configuration.jsonHint}
      </label>
      <textarea
        id={id}
        className="json"
        rows={16}
        spellCheck={false}
        value={draft ?? JSON.stringify(value, null, 2)}
        aria-invalid={problem !== null}
        onChange={(event) => setDraft(event.target.value)}
      />
      {problem !== null && (
        <p className="wrong" role="alert">
          {text.configuration.jsonBroken(problem)}
        </p>
      )}
      <Button disabled={draft === null} onClick={apply}>
        {text.configuration.apply}
      </Button>
    </Disclosure>
  );
}

type Parsed = { readonly value: unknown; readonly problem: null } | { readonly value?: never; readonly problem: string };

function parseJson(draft: string): Parsed {
  try {
    const value: unknown = JSON.parse(draft);
    return { value, problem: null };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
