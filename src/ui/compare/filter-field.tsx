import { useId } from "react";
import { useViewed } from "../kit/view";
import { text } from "../text";

/** Words that narrow the table of runs. */
export function FilterField() {
  const [filter, look] = useViewed("compare.filter");
  const id = useId();
  return (
    <span className="field field-inline compare-filter">
      <label htmlFor={id}>{text.compare.filter}</label>
      <input
        id={id}
        type="search"
        value={filter ?? ""}
        maxLength={200}
        autoComplete="off"
        spellCheck={false}
        aria-describedby={`${id}-note`}
        onChange={({ target }) => look(target.value === "" ? null : target.value)}
      />
      <span id={`${id}-note`} className="field-note">
        {text.compare.filterHint}
      </span>
    </span>
  );
}
