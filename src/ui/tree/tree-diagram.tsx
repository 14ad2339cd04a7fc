import { useMemo } from "react";
import type { SplitTree } from "../../splitnet/tree";
import type { ClassGroups } from "../../state/assignment";
import { lights, litOf } from "../../state/lighting";
import { short } from "../kit/format";
import { usePointing } from "../kit/lit";
import { groupColour } from "../kit/palette";
import { useSelected } from "../kit/studio";
import { text } from "../text";
import { layoutTree, type Measure, type PlacedNode } from "./tree-layout";

/** Height that a leaf's bar and name need. */
const LEAF_REM = 4.5;

interface Props {
  readonly tree: SplitTree;
  readonly measure: Measure;
  readonly groups: ClassGroups | null;
}

/** The tree from left to right: bars as thick as their cost, joined by bands. As tall as the list of leaves beside it. */
export function TreeDiagram({ tree, measure, groups }: Props) {
  const nodes = useMemo(() => layoutTree(tree, measure), [tree, measure]);
  const leaves = nodes.filter(({ isLeaf }) => isLeaf).length;
  return (
    <div className="tree" style={{ minHeight: `${LEAF_REM * leaves}rem` }} role="img" aria-label={text.tree.diagram}>
      <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
        {nodes.map((placed) => (
          <Band key={placed.node.label} placed={placed} groups={groups} />
        ))}
      </svg>
      {nodes.map((placed) => (
        <Bar key={placed.node.label} placed={placed} measure={measure} groups={groups} />
      ))}
    </div>
  );
}

interface PartProps {
  readonly placed: PlacedNode;
  readonly groups: ClassGroups | null;
}

/** "" while nothing is lit. */
function useLook({ groups: level, node }: PlacedNode, groups: ClassGroups | null): string {
  return useSelected(({ lighting }) => {
    const lit = litOf(lighting);
    if (lit === null) return "";
    return lights(lit, { kind: "group", groups: level, group: node.group }, groups) ? "is-strong" : "is-dim";
  });
}

function Bar({ placed, measure, groups }: PartProps & { readonly measure: Measure }) {
  const { node, x, y, length, thickness, groups: level } = placed;
  const look = useLook(placed, groups);
  const pointing = usePointing({ kind: "group", groups: level, group: node.group });
  const cost = short(node.cost[measure]);
  return (
    <div
      className={`tree-node ${look}`}
      style={{ left: `${100 * x}%`, width: `${100 * length}%`, top: `${100 * y}%` }}
      title={text.tree.node(node.label, cost, text.tree[measure], node.classes.length)}
      {...pointing}
    >
      <span className="tree-label" style={{ bottom: thickness / 2 }}>
        <span>{node.label}</span> <span className="tree-value">{cost}</span>
      </span>
      <span className="tree-bar" style={{ height: thickness, top: -thickness / 2, background: colourOf(placed) }} />
    </div>
  );
}

function Band({ placed, groups }: PartProps) {
  const look = useLook(placed, groups);
  const { parent } = placed;
  if (parent === null) return null;
  const [start, end] = [100 * (parent.x + parent.length), 100 * placed.x];
  const [from, to, middle] = [100 * parent.y, 100 * placed.y, (start + end) / 2];
  return (
    <path
      className={look}
      d={`M${start} ${from}C${middle} ${from} ${middle} ${to} ${end} ${to}`}
      fill="none"
      stroke={colourOf(placed)}
      strokeWidth={Math.min(placed.thickness, parent.thickness)}
    />
  );
}

function colourOf({ isLeaf, depth, node }: PlacedNode): string {
  return isLeaf && depth > 0 ? groupColour(node.group) : "var(--muted)";
}
