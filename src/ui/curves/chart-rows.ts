import type { CurveRange } from "../../state/curve-view";
import { DRAWN_POINTS, decimate, type Lines } from "../../state/decimate";
import { indexFrom } from "../../state/series";

/** A row of a chart: x and the lines that have a value there. */
export type ChartRow = { x: number } & Record<string, number>;

/** Lines by name over one x. */
export interface NamedLines {
  readonly x: Float64Array;
  readonly lines: Readonly<Record<string, Float64Array>>;
}

/**
 * Rows for drawing, ascending in x: the dense lines decimated together, the sparse ones (validations) whole. Only values above
 * `floor` are kept: a logarithmic axis has no place for 0.
 */
export function chartRows(dense: NamedLines, sparse: NamedLines, floor = Number.NEGATIVE_INFINITY): ChartRow[] {
  const rows = [...rowsOf(dense, floor), ...rowsOf(sparse, floor)];
  return rows.sort((a, b) => a.x - b.x);
}

function rowsOf({ x, lines }: NamedLines, floor: number): ChartRow[] {
  const names = Object.keys(lines);
  const drawn: Lines = decimate({ x, ys: Object.values(lines) }, DRAWN_POINTS);
  return Array.from(drawn.x, (position, index) => {
    const row: ChartRow = { x: position };
    names.forEach((name, line) => {
      const value = drawn.ys[line]![index]!;
      if (Number.isFinite(value) && value > floor) row[name] = value;
    });
    return row;
  });
}

/** The points of a range, with one more at either side so that lines leave the chart; all of them for null. */
export function pointsIn({ x, lines }: NamedLines, range: CurveRange | null): NamedLines {
  if (range === null) return { x, lines };
  const first = Math.max(0, indexFrom(x, range[0]) - 1);
  const end = Math.min(x.length, indexFrom(x, range[1]) + 1);
  const cut = (values: Float64Array): Float64Array => values.subarray(first, end);
  return { x: cut(x), lines: Object.fromEntries(Object.entries(lines).map(([name, values]) => [name, cut(values)])) };
}

/** Latest, least and greatest value of a line at full resolution; null for an empty one. */
export function lineRange(values: Float64Array): { readonly last: number; readonly least: number; readonly most: number } | null {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const last = values.at(-1);
  return last === undefined ? null : { last, least, most };
}
