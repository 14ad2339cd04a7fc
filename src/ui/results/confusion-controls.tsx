import ZoomIn from "lucide-react/icons/zoom-in";
import ZoomOut from "lucide-react/icons/zoom-out";
import { CLASS_ORDERS, type ClassOrder } from "../../state/assignment";
import { Button, Select } from "../kit/controls";
import { text } from "../text";
import { EVERY_CLASS, type Narrowing, narrowingText } from "./narrowing";

interface Props {
  readonly by: ClassOrder;
  readonly onOrder: (by: ClassOrder) => void;
  readonly narrowing: Narrowing;
  readonly onNarrow: (narrowing: Narrowing) => void;
  /** Number of groups, 0 where none are known. */
  readonly groups: number;
  readonly superclasses: readonly string[];
  readonly whole: boolean;
  /** Factor of the cells a side; null for the whole. */
  readonly onZoom: (factor: number | null) => void;
}

const ZOOM = 0.5;
const EVERY = "all";

/** Order, classes and zoom of the confusion matrix. */
export function ConfusionControls({ by, onOrder, narrowing, onNarrow, groups, superclasses, whole, onZoom }: Props) {
  const { results } = text;
  const choices: { readonly name: string; readonly narrowing: Narrowing }[] = [
    { name: results.everyClass, narrowing: EVERY_CLASS },
    ...Array.from({ length: groups > 1 ? groups : 0 }, (_, index) => ({
      name: text.groups.group(index),
      narrowing: { kind: "group" as const, index },
    })),
    ...superclasses.map((name, index) => ({ name, narrowing: { kind: "superclass" as const, index } })),
  ];
  return (
    <div className="row">
      <Select
        inline
        label={results.orderedBy}
        value={by}
        options={CLASS_ORDERS.map((name) => ({ value: name, name: results.orders[name] }))}
        onChange={(value) => onOrder(CLASS_ORDERS.find((name) => name === value) ?? "group")}
      />
      <Select
        inline
        label={results.classes}
        value={narrowingText(narrowing) ?? EVERY}
        options={choices.map((choice) => ({ value: narrowingText(choice.narrowing) ?? EVERY, name: choice.name }))}
        onChange={(value) =>
          onNarrow(choices.find((choice) => (narrowingText(choice.narrowing) ?? EVERY) === value)?.narrowing ?? EVERY_CLASS)
        }
      />
      <Button label={results.zoomIn} onClick={() => onZoom(ZOOM)}>
        <ZoomIn aria-hidden="true" />
      </Button>
      <Button label={results.zoomOut} disabled={whole} onClick={() => onZoom(1 / ZOOM)}>
        <ZoomOut aria-hidden="true" />
      </Button>
      <Button kind="quiet" disabled={whole} onClick={() => onZoom(null)}>
        {results.whole}
      </Button>
    </div>
  );
}
