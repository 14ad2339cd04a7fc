import { EXAMPLE_ORDERS, type ExampleChoice, PARTS } from "../../protocol/commands";
import type { DatasetView } from "../../protocol/views";
import { Select } from "../kit/controls";
import { text } from "../text";

const ALL = "all";

interface Props {
  readonly dataset: DatasetView;
  readonly choice: ExampleChoice;
  readonly onChoice: (choice: ExampleChoice) => void;
}

/** Part, superclass, class and order of the images. */
export function ExplorerControls({ dataset, choice, onChoice }: Props) {
  const { classes, superclasses, superclassOf } = dataset;
  const { explorer } = text.dataset;
  const numberOf = (value: string): number | null => (value === ALL ? null : Number(value));
  const all = { value: ALL, name: explorer.all };
  const ofSuperclass = classes.flatMap((name, label) =>
    choice.superclass === null || superclassOf[label] === choice.superclass ? [{ value: String(label), name }] : [],
  );
  return (
    <div className="row">
      <Select
        inline
        label={explorer.part}
        value={choice.part}
        options={PARTS.map((part) => ({ value: part, name: explorer.parts[part] }))}
        onChange={(value) => onChoice({ ...choice, part: PARTS.find((part) => part === value) ?? "train" })}
      />
      <Select
        inline
        label={text.dataset.columns.superclass}
        value={choice.superclass === null ? ALL : String(choice.superclass)}
        options={[all, ...superclasses.map((name, index) => ({ value: String(index), name }))]}
        // A class of another superclass would leave nothing.
        onChange={(value) => onChoice({ ...choice, superclass: numberOf(value), label: null })}
      />
      <Select
        inline
        label={text.dataset.columns.class}
        value={choice.label === null ? ALL : String(choice.label)}
        options={[all, ...ofSuperclass]}
        onChange={(value) => onChoice({ ...choice, label: numberOf(value) })}
      />
      <Select
        inline
        label={explorer.order}
        value={choice.order}
        options={EXAMPLE_ORDERS.map((order) => ({ value: order, name: explorer.orders[order] }))}
        onChange={(value) => onChoice({ ...choice, order: EXAMPLE_ORDERS.find((order) => order === value) ?? "index" })}
      />
    </div>
  );
}
