import type { RunRecord } from "../../model/run";
import type { EvaluationPair, EvaluationReport } from "../../splitnet/evaluation";
import type { SplitTree } from "../../splitnet/tree";
import type { ClassGroups } from "../../state/assignment";
import { accuracyOn, levelCosts, type NodeAt, nodesOf } from "../../state/tree";
import { percent, short } from "../kit/format";
import { LitButton, LitRow } from "../kit/lit";
import { NumberHead } from "../kit/number-head";
import { groupColour } from "../kit/palette";
import { Scroll } from "../kit/scroll";
import { Disclosure } from "../kit/view";
import { text } from "../text";

interface Props {
  readonly tree: SplitTree;
  readonly record: RunRecord;
  readonly evaluation: EvaluationPair | null;
  readonly groups: ClassGroups | null;
}

/** Every node with its classes, cost and accuracy, then both networks. */
export function BranchTable({ tree, record, evaluation, groups }: Props) {
  const { columns } = text.tree;
  const all = record.classes.map((_, label) => label);
  // Each network has its own accuracy alone.
  const totals = [
    { name: text.tree.split, cost: tree.split, reports: { unsplit: null, split: evaluation?.split ?? null } },
    { name: text.tree.unsplit, cost: tree.unsplit, reports: { unsplit: evaluation?.unsplit ?? null, split: null } },
  ];
  const branchReports = evaluation ?? { unsplit: null, split: null };
  const names = [columns.classes, columns.parameters, columns.flops, columns.share, columns.before, columns.after];
  return (
    <Scroll across label={text.tree.table}>
      <table className="table">
        <NumberHead first={columns.branch} numbers={names} />
        <tbody>
          {nodesOf(tree).map((own) => (
            <LitRow key={own.node.label} lit={{ kind: "group", groups: own.groups, group: own.node.group }} groups={groups}>
              <th scope="row" className={`indent-${Math.min(own.depth, 3)}`}>
                <BranchName own={own} groups={groups} />
              </th>
              <Numbers cost={own.node.cost} tree={tree} classes={own.node.classes} reports={branchReports} />
            </LitRow>
          ))}
        </tbody>
        <tfoot>
          {totals.map(({ name, cost, reports }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <Numbers cost={cost} tree={tree} classes={all} reports={reports} />
            </tr>
          ))}
        </tfoot>
      </table>
    </Scroll>
  );
}

function BranchName({
  own: { node, depth, groups: level, isLeaf },
  groups,
}: {
  readonly own: NodeAt;
  readonly groups: ClassGroups | null;
}) {
  return (
    <LitButton lit={{ kind: "group", groups: level, group: node.group }} groups={groups}>
      <span className="dot" style={{ background: isLeaf && depth > 0 ? groupColour(node.group) : "var(--muted)" }} />
      {node.label}
    </LitButton>
  );
}

interface NumbersProps {
  readonly cost: SplitTree["split"];
  readonly tree: SplitTree;
  readonly classes: readonly number[];
  readonly reports: { readonly unsplit: EvaluationReport | null; readonly split: EvaluationReport | null };
}

/** The cells of a row; shares are of the unsplit network's parameters. */
function Numbers({ cost, tree, classes, reports }: NumbersProps) {
  const accuracy = [reports.unsplit, reports.split].map((report) => report && accuracyOn(report, classes));
  const cells = [
    String(classes.length),
    short(cost.parameters),
    short(cost.flops),
    percent(cost.parameters / tree.unsplit.parameters),
    ...accuracy.map((share) => (share === null ? "–" : percent(share))),
  ];
  return cells.map((cell, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the index is the column
    <td key={index} className="number">
      {cell}
    </td>
  ));
}

/** What each level of the tree cost as part of the unsplit network, and costs in branches. */
export function LevelTable({ tree, record }: Pick<Props, "tree" | "record">) {
  const { levels } = text.tree;
  return (
    <Disclosure name="levels" summary={levels.title}>
      <Scroll across label={levels.title}>
        <table className="table">
          <NumberHead
            first={levels.level}
            numbers={[levels.parametersBefore, levels.parametersAfter, levels.flopsBefore, levels.flopsAfter]}
          />
          <tbody>
            {levelCosts(record, tree).map(({ groups, before, after }) => (
              <tr key={groups}>
                <th scope="row">{levels.name(groups)}</th>
                <td className="number">{short(before.parameters)}</td>
                <td className="number">{short(after.parameters)}</td>
                <td className="number">{short(before.flops)}</td>
                <td className="number">{short(after.flops)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </Disclosure>
  );
}
