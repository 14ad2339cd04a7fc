import { useMemo } from "react";
import type { SplitTree } from "../../splitnet/tree";
import { short } from "../kit/format";
import { groupColour } from "../kit/palette";
import { text } from "../text";
import { layoutTree, type Measure, type PlacedNode } from "./tree-layout";

/** The tree from left to right: bars as thick as their cost, joined by bands. */
export function TreeDiagram({ tree, measure }: { readonly tree: SplitTree; readonly measure: Measure }) {
  const { nodes, width, height, nodeLength } = useMemo(() => layoutTree(tree, measure), [tree, measure]);
  return (
    <svg
      className="tree"
      viewBox={`-4 -8 ${width + 8} ${height + 16}`}
      style={{ maxWidth: width * 1.15 }}
      role="img"
      aria-label={text.tree.diagram}
    >
      {nodes.map((placed) => (
        <Band key={`band ${placed.node.label}`} placed={placed} nodeLength={nodeLength} />
      ))}
      {nodes.map((placed) => (
        <Bar key={placed.node.label} placed={placed} measure={measure} length={nodeLength} />
      ))}
    </svg>
  );
}

interface BarProps {
  readonly placed: PlacedNode;
  readonly measure: Measure;
  readonly length: number;
}

function Bar({ placed: { node, x, y, thickness, leafGroup }, measure, length }: BarProps) {
  const classes = node.children.length === 0 ? ` · ${node.classes.length}` : "";
  return (
    <g>
      <title>{`${node.label}: ${short(node.cost[measure])} ${text.tree[measure]}`}</title>
      <rect x={x} y={y - thickness / 2} width={length} height={thickness} rx={2} fill={colourOf(leafGroup)} />
      <text x={x} y={y - thickness / 2 - 5} className="tree-label">
        {`${node.label}${classes}`}
      </text>
      <text x={x + length} y={y - thickness / 2 - 5} textAnchor="end" className="tree-value">
        {short(node.cost[measure])}
      </text>
    </g>
  );
}

function Band({ placed, nodeLength }: { readonly placed: PlacedNode; readonly nodeLength: number }) {
  const { parent } = placed;
  if (parent === null) return null;
  const start = parent.x + nodeLength;
  const middle = (start + placed.x) / 2;
  return (
    <path
      d={`M${start} ${parent.y}C${middle} ${parent.y} ${middle} ${placed.y} ${placed.x} ${placed.y}`}
      fill="none"
      stroke={colourOf(placed.leafGroup)}
      strokeOpacity={0.35}
      strokeWidth={Math.min(placed.thickness, parent.thickness)}
    />
  );
}

function colourOf(group: number | null): string {
  return group === null ? "var(--muted)" : groupColour(group);
}
