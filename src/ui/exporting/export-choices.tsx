import { WEIGHT_VARIANTS } from "../../model/weight-variant";
import { keptCost, keptNodes } from "../../splitnet/savings";
import type { SplitTree, TreeNode } from "../../splitnet/tree";
import { type ExportChoice, exportChoice, withClasses, withVariant, withVerify } from "../../state/export-choice";
import type { ViewName } from "../../state/view";
import { Button, Check } from "../kit/controls";
import { useSelected, useStudio } from "../kit/studio";
import { Disclosure } from "../kit/view";
import { text } from "../text";

/** What the next export is to hold; nothing before there is something to export. */
export function ExportChoices() {
  const { store } = useStudio();
  const open = useSelected((state) => state.facts.open);
  const view = useSelected((state) => state.view);
  if (open?.split == null || open.record.phase !== "finetuned") return null;
  const { classes } = open.record;
  const choose = (name: ViewName, value: string | null): void => store.look({ [name]: value });
  return <ChoicesView tree={open.split.tree} names={classes} choice={exportChoice(view, classes.length)} onChoose={choose} />;
}

interface Props {
  readonly tree: SplitTree;
  /** Of the classes. */
  readonly names: readonly string[];
  readonly choice: ExportChoice;
  /** Told what stands in the view from now on. */
  readonly onChoose: (name: "variants" | "classes" | "verify", value: string | null) => void;
}

export function ChoicesView({ tree, names, choice, onChoose }: Props) {
  const { classes } = choice;
  return (
    <div className="export-choices">
      <fieldset className="row checks" aria-label={text.exporting.variants}>
        {WEIGHT_VARIANTS.map((variant) => (
          <Check
            key={variant}
            label={text.exporting.variant[variant]}
            on={choice.variants.includes(variant)}
            onChange={(on) => onChoose("variants", withVariant(choice, variant, on))}
          />
        ))}
        <span className="hint">{text.exporting.measured}</span>
      </fieldset>
      <p className="row checks">
        <Check label={text.exporting.verifyFirst} on={choice.verify} onChange={(on) => onChoose("verify", withVerify(on))} />
        <span className="hint">{text.exporting.verifyFirstHint}</span>
      </p>
      <Disclosure small name="export-classes" summary={text.exporting.onlyClasses(classes?.length ?? 0, names.length)}>
        {leavesOf(tree.root).map((leaf) => (
          <LeafClasses
            key={leaf.label}
            leaf={leaf}
            names={names}
            chosen={classes ?? []}
            onChoose={(labels, wanted) => onChoose("classes", withClasses(choice, labels, wanted))}
          />
        ))}
      </Disclosure>
      {classes !== null && <Savings tree={tree} classes={classes} onWhole={() => onChoose("classes", null)} />}
    </div>
  );
}

interface LeafProps {
  readonly leaf: TreeNode;
  readonly names: readonly string[];
  readonly chosen: readonly number[];
  readonly onChoose: (labels: readonly number[], wanted: boolean) => void;
}

/** The classes of one leaf, one by one or all at once. */
function LeafClasses({ leaf, names, chosen, onChoose }: LeafProps) {
  const all = leaf.classes.every((label) => chosen.includes(label));
  return (
    <fieldset className="row checks" aria-label={leaf.label}>
      <Button kind="quiet" onClick={() => onChoose(leaf.classes, !all)}>
        {all ? text.exporting.noneOf(leaf.label) : text.exporting.allOf(leaf.label)}
      </Button>
      {leaf.classes.map((label) => (
        <Check
          key={label}
          label={names[label] ?? String(label)}
          on={chosen.includes(label)}
          onChange={(on) => onChoose([label], on)}
        />
      ))}
    </fieldset>
  );
}

interface SavingsProps {
  readonly tree: SplitTree;
  readonly classes: readonly number[];
  readonly onWhole: () => void;
}

/** What the chosen classes cost of the whole, and the way back to it. */
function Savings({ tree, classes, onWhole }: SavingsProps) {
  const kept = keptCost(tree, classes);
  const leaves = leavesOf(tree.root);
  const keptLeaves = leaves.filter((leaf) => keptNodes(leaf, classes).length > 0);
  const { parameters, flops } = tree.split;
  return (
    <p className="row">
      <span className="hint">
        {text.exporting.kept(keptLeaves.length, leaves.length, kept.parameters / parameters, kept.flops / flops)}
      </span>
      <Button kind="quiet" onClick={onWhole}>
        {text.exporting.whole}
      </Button>
    </p>
  );
}

function leavesOf(node: TreeNode): readonly TreeNode[] {
  return node.children.length === 0 ? [node] : node.children.flatMap(leavesOf);
}
