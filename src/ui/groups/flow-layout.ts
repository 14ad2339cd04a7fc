/** So many members go from node `from` at the left to node `to` at the right. */
export interface Flow {
  readonly from: number;
  readonly to: number;
  readonly size: number;
}

/** A stretch from top to bottom, as shares of the height. */
export interface Stretch {
  readonly top: number;
  readonly bottom: number;
}

export interface PlacedFlow extends Flow {
  readonly start: Stretch;
  readonly end: Stretch;
}

export interface FlowLayout {
  readonly left: readonly Stretch[];
  readonly right: readonly Stretch[];
  readonly flows: readonly PlacedFlow[];
}

/** Share of the height that lies between nodes, on the side that has more of them. */
const GAPS = 0.2;

/** Bands between two columns of nodes: every node as tall as its members are many, its bands side by side in the order of the other column. */
export function layoutFlows(lefts: number, rights: number, flows: readonly Flow[]): FlowLayout {
  const total = flows.reduce((sum, { size }) => sum + size, 0);
  const unit = total === 0 ? 0 : (1 - GAPS) / total;
  const sizes = (count: number, side: "from" | "to"): number[] =>
    Array.from({ length: count }, (_, node) => flows.reduce((sum, flow) => sum + (flow[side] === node ? flow.size : 0), 0));
  const left = stacked(sizes(lefts, "from"), unit);
  const right = stacked(sizes(rights, "to"), unit);
  const ordered = [...flows].sort((a, b) => a.from - b.from || a.to - b.to);
  const starts = left.map(({ top }) => top);
  const ends = right.map(({ top }) => top);
  const placed = ordered.map((flow): PlacedFlow => {
    const take = (tops: number[], node: number): Stretch => {
      const top = tops[node]!;
      tops[node] = top + flow.size * unit;
      return { top, bottom: tops[node]! };
    };
    return { ...flow, start: take(starts, flow.from), end: take(ends, flow.to) };
  });
  return { left, right, flows: placed };
}

/** Nodes one below the other over the whole height, with even gaps. */
function stacked(sizes: readonly number[], unit: number): Stretch[] {
  const gap = sizes.length > 1 ? GAPS / (sizes.length - 1) : 0;
  let top = sizes.length > 1 ? 0 : GAPS / 2;
  return sizes.map((size) => {
    const own = { top, bottom: top + size * unit };
    top = own.bottom + gap;
    return own;
  });
}
