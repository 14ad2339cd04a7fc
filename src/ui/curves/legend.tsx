import { listIn, listText } from "../../state/view";
import { useViewed } from "../kit/view";
import { text } from "../text";
import type { LineStyle } from "./charts";

/** Keys of the lines that a person has taken out of the charts, and the way to take one out or back. */
export function useHiddenLines(): readonly [ReadonlySet<string>, (key: string) => void] {
  const [viewed, look] = useViewed("hidden");
  const hidden = new Set(listIn(viewed ?? undefined));
  const toggle = (key: string): void => {
    const others = [...hidden].filter((other) => other !== key);
    look(listText(hidden.has(key) ? others : [...others, key]));
  };
  return [hidden, toggle];
}

interface Props {
  readonly styles: readonly LineStyle[];
  readonly hidden: ReadonlySet<string>;
  readonly onToggle: (key: string) => void;
}

/** The lines by name; a press takes one out of the chart, which then has the room, and back. */
export function Legend({ styles, hidden, onToggle }: Props) {
  return (
    <ul className="legend">
      {styles.map(({ key, name, colour, faint }) => (
        <li key={key} className={faint ? "is-faint" : ""}>
          <button
            type="button"
            className="legend-entry"
            aria-pressed={!hidden.has(key)}
            title={hidden.has(key) ? text.curves.showLine(name) : text.curves.hideLine(name)}
            onClick={() => onToggle(key)}
          >
            <span className="swatch-line" style={{ background: colour }} />
            {name}
          </button>
        </li>
      ))}
    </ul>
  );
}
