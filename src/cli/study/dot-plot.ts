import { escaped } from "./html";

/** One row of a dot plot. */
export interface DotRow {
  readonly name: string;
  readonly values: readonly number[];
  /** The mean and the ends of its interval; null where there is none, infinite ends are drawn to the edge. */
  readonly mean: { readonly mean: number; readonly low: number; readonly high: number } | null;
}

export interface DotPlot {
  readonly title: string;
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
  readonly show: (value: number) => string;
  readonly rows: readonly DotRow[];
}

const [WIDTH, LEFT, RIGHT, ROW, TOP] = [720, 130, 24, 30, 34];

/** A picture (SVG) with a dot for every value and a diamond with a line for every mean and its interval. */
export function dotPlot({ title, from, to, ticks, show, rows }: DotPlot): string {
  const x = (value: number): string => {
    const share = (Math.min(to, Math.max(from, value)) - from) / (to - from);
    return (LEFT + share * (WIDTH - LEFT - RIGHT)).toFixed(1);
  };
  const height = TOP + rows.length * ROW + 26;
  const bottom = TOP + rows.length * ROW;
  const grid = ticks.map(
    (tick) =>
      `<line x1="${x(tick)}" y1="${TOP}" x2="${x(tick)}" y2="${bottom}" class="grid"/>` +
      `<text x="${x(tick)}" y="${bottom + 17}" text-anchor="middle">${escaped(show(tick))}</text>`,
  );
  const marks = rows.map(({ name, values, mean }, index) => {
    const y = TOP + (index + 0.5) * ROW;
    const dots = values.map((value) => `<circle cx="${x(value)}" cy="${y}" r="4.5"/>`).join("");
    const interval =
      mean === null
        ? ""
        : `<line x1="${x(mean.low)}" y1="${y + 9}" x2="${x(mean.high)}" y2="${y + 9}" class="interval"/>` +
          `<rect x="-4" y="-4" width="8" height="8" class="mean" transform="translate(${x(mean.mean)} ${y + 9}) rotate(45)"/>`;
    return `<text x="${LEFT - 12}" y="${y + 4}" text-anchor="end">${escaped(name)}</text>${dots}${interval}`;
  });
  return (
    `<svg viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" role="img" aria-label="${escaped(title)}">` +
    `<text x="0" y="16" class="title">${escaped(title)}</text>${grid.join("")}${marks.join("")}</svg>`
  );
}
