/** Lines over one ascending x: `ys[i]` is as long as `x`. */
export interface Lines {
  readonly x: Float64Array;
  readonly ys: readonly Float64Array[];
}

/** Points a line is drawn with at most, whatever its length: every one costs time at every zoom, and a chart is some hundred pixels wide. */
export const DRAWN_POINTS = 300;

/**
 * At most `points` rows for drawing: the range of x is cut into points / 2 columns, and every line keeps its smallest and its
 * largest value of each column, in the order they occur, so that no spike disappears. A column's rows stand at its first and its
 * middle x: off by less than the column's width. NaN marks a column in which a line has no finite value. Short lines come back as they are.
 */
export function decimate(lines: Lines, points: number): Lines {
  const { x, ys } = lines;
  if (x.length <= points) return lines;
  const starts = columnStarts(x, Math.floor(points / 2));
  const rows = starts.length * 2;
  const outX = new Float64Array(rows);
  const outYs = ys.map(() => new Float64Array(rows));
  starts.forEach((start, column) => {
    const end = starts[column + 1] ?? x.length;
    outX[2 * column] = x[start]!;
    outX[2 * column + 1] = (x[start]! + x[end - 1]!) / 2;
    ys.forEach((y, line) => {
      const [first, second] = extremes(y, start, end);
      outYs[line]![2 * column] = first;
      outYs[line]![2 * column + 1] = second;
    });
  });
  return { x: outX, ys: outYs };
}

/** Index of the first point of each column that has any. */
function columnStarts(x: Float64Array, columns: number): number[] {
  const first = x[0]!;
  const scale = columns / (x[x.length - 1]! - first || 1);
  const starts: number[] = [];
  let last = -1;
  x.forEach((value, index) => {
    const column = Math.min(columns - 1, Math.floor((value - first) * scale));
    if (column > last) {
      starts.push(index);
      last = column;
    }
  });
  return starts;
}

/** Smallest and largest finite value of y[start, end), in the order they occur. */
function extremes(y: Float64Array, start: number, end: number): readonly [number, number] {
  let low = -1;
  let high = -1;
  for (let i = start; i < end; i++) {
    const value = y[i]!;
    if (!Number.isFinite(value)) continue;
    if (low < 0 || value < y[low]!) low = i;
    if (high < 0 || value > y[high]!) high = i;
  }
  if (low < 0) return [Number.NaN, Number.NaN];
  return [y[Math.min(low, high)]!, y[Math.max(low, high)]!];
}

/** Exponential moving average with bias correction over every point, computed before any decimation. */
export function smooth(values: Float64Array, keep: number): Float64Array {
  const out = new Float64Array(values.length);
  let average = 0;
  let weight = 0;
  values.forEach((value, index) => {
    if (Number.isFinite(value)) {
      average = keep * average + (1 - keep) * value;
      weight = keep * weight + (1 - keep);
    }
    out[index] = weight === 0 ? Number.NaN : average / weight;
  });
  return out;
}
