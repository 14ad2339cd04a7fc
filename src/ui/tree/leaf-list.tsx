import type { RunRecord } from "../../model/run";
import type { EvaluationPair } from "../../splitnet/evaluation";
import type { SplitTree } from "../../splitnet/tree";
import type { ClassGroups } from "../../state/assignment";
import { accuracyOn, type NodeAt, nodesOf } from "../../state/tree";
import { ClassChips } from "../kit/class-chips";
import { percent } from "../kit/format";
import { LitButton } from "../kit/lit";
import { groupColour } from "../kit/palette";
import { text } from "../text";

interface Props {
  readonly tree: SplitTree;
  readonly record: RunRecord;
  readonly evaluation: EvaluationPair | null;
  readonly groups: ClassGroups | null;
}

/** The leaves in the order of the drawing, each with its classes and how often it is right. */
export function LeafList({ tree, ...rest }: Props) {
  return (
    <ul className="leaves">
      {nodesOf(tree).flatMap((leaf) => (leaf.isLeaf ? [<Leaf key={leaf.node.label} leaf={leaf} {...rest} />] : []))}
    </ul>
  );
}

function Leaf({ leaf, record, evaluation, groups }: Omit<Props, "tree"> & { readonly leaf: NodeAt }) {
  const { node, groups: level } = leaf;
  const chips = node.classes.map((label) => ({ label, name: record.classes[label] ?? "" }));
  const before = evaluation && accuracyOn(evaluation.unsplit, node.classes);
  const after = evaluation?.split ? accuracyOn(evaluation.split, node.classes) : null;
  return (
    <li style={{ borderLeftColor: level > 1 ? groupColour(node.group) : "var(--muted)" }}>
      <h3>
        <LitButton lit={{ kind: "group", groups: level, group: node.group }} groups={groups}>
          {text.tree.leaf(node.label, node.group)}
        </LitButton>{" "}
        <span className="hint">
          {text.tree.classes(node.classes.length)}
          {before !== null && `, ${text.tree.accuracy(percent(before), after === null ? null : percent(after))}`}
        </span>
      </h3>
      <div className="leaf-classes">
        <ClassChips chips={chips} groups={groups} label={text.tree.leaf(node.label, node.group)} />
      </div>
    </li>
  );
}
