import type { RunRecord } from "../../model/run";
import type { SplitTree, TreeNode } from "../../splitnet/tree";
import { savings } from "../../state/notices";
import { Select } from "../kit/controls";
import { percent, short } from "../kit/format";
import { groupColour } from "../kit/palette";
import { Scroll } from "../kit/scroll";
import { Empty, Section } from "../kit/section";
import { useSelected } from "../kit/studio";
import { useChoice } from "../kit/view";
import { text } from "../text";
import { TreeDiagram } from "./tree-diagram";
import type { Measure } from "./tree-layout";

const MEASURES: readonly [Measure, Measure] = ["parameters", "flops"];

/** The split network as a tree, drawn and told. */
export function TreePanel() {
  const split = useSelected((state) => state.facts.open?.split ?? null);
  const record = useSelected((state) => state.facts.open?.record ?? null);
  const [measure, setMeasure] = useChoice("tree", MEASURES);
  if (split === null || record === null) {
    return (
      <Section title={text.tree.title} name="tree">
        <Empty>{text.tree.none}</Empty>
      </Section>
    );
  }
  const { savedParameters, savedFlops } = savings(split.tree);
  const aside = (
    <Select
      inline
      label={text.tree.measure}
      value={measure}
      options={MEASURES.map((value) => ({ value, name: text.tree[value] }))}
      onChange={setMeasure}
    />
  );
  return (
    <Section title={text.tree.title} name="tree" aside={aside}>
      <p className="headline">{text.tree.saved(savedParameters, savedFlops)}</p>
      <Scroll across label={text.tree.diagram}>
        <TreeDiagram tree={split.tree} measure={measure} />
      </Scroll>
      <TreeTable tree={split.tree} record={record} />
      <p className="hint">{text.tree.rule}</p>
    </Section>
  );
}

function TreeTable({ tree, record }: { readonly tree: SplitTree; readonly record: RunRecord }) {
  const { columns } = text.tree;
  const totals = [
    { name: text.tree.split, cost: tree.split },
    { name: text.tree.unsplit, cost: tree.unsplit },
  ];
  return (
    <Scroll across label={text.tree.table}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{columns.branch}</th>
            {[columns.classes, columns.parameters, columns.flops, columns.share].map((name) => (
              <th key={name} scope="col" className="number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Rows node={tree.root} depth={0} tree={tree} record={record} />
        </tbody>
        <tfoot>
          {totals.map(({ name, cost }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td className="number">{record.classes.length}</td>
              <td className="number">{short(cost.parameters)}</td>
              <td className="number">{short(cost.flops)}</td>
              <td className="number">{percent(cost.parameters / tree.unsplit.parameters)}</td>
            </tr>
          ))}
        </tfoot>
      </table>
    </Scroll>
  );
}

interface RowsProps {
  readonly node: TreeNode;
  readonly depth: number;
  readonly tree: SplitTree;
  readonly record: RunRecord;
}

function Rows({ node, depth, tree, record }: RowsProps) {
  const leaf = node.children.length === 0 && depth > 0;
  return (
    <>
      <tr>
        <th scope="row" className={`indent-${Math.min(depth, 3)}`}>
          <span className="dot" style={{ background: leaf ? groupColour(node.group) : "var(--muted)" }} />
          {node.label}
        </th>
        <td className="number" title={node.classes.map((label) => record.classes[label]).join(", ")}>
          {node.classes.length}
        </td>
        <td className="number">{short(node.cost.parameters)}</td>
        <td className="number">{short(node.cost.flops)}</td>
        <td className="number">{percent(node.cost.parameters / tree.unsplit.parameters)}</td>
      </tr>
      {node.children.map((child) => (
        <Rows key={child.label} node={child} depth={depth + 1} tree={tree} record={record} />
      ))}
    </>
  );
}
