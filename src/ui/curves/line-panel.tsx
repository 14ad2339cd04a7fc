import { useMemo } from "react";
import { CartesianGrid, Line, LineChart, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { count, decimal, percent } from "../kit/format";
import { text } from "../text";
import { chartRows, lineRange } from "./chart-rows";
import type { Chart, LineStyle } from "./charts";
import type { Mark } from "./marks";

interface Props {
  readonly chart: Chart;
  readonly height: number;
  /** Values are shares, drawn from 0 to 1. */
  readonly shares?: boolean;
  readonly log?: boolean;
  readonly marks?: readonly Mark[];
}

const AXIS = { fontSize: 12, fill: "var(--muted)" } as const;

/** One chart with its legend and the same numbers as a table. */
export function LinePanel({ chart, height, shares = false, log = false, marks = [] }: Props) {
  const rows = useMemo(() => chartRows(chart.dense, chart.sparse, log ? 0 : undefined), [chart, log]);
  const show = shares ? (value: number) => percent(value, 0) : decimal;
  const domain: [number | "auto", number | "auto"] = shares ? [0, 1] : log ? ["auto", "auto"] : [0, "auto"];
  return (
    <figure className="chart">
      <figcaption>
        <span className="chart-title">{chart.title}</span>
        <Legend styles={chart.styles} />
      </figcaption>
      <div className="chart-area" aria-hidden="true" style={{ height }}>
        <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 480, height }}>
          <LineChart data={rows} margin={{ top: 6, right: 8, bottom: 0, left: 0 }} accessibilityLayer={false}>
            <CartesianGrid stroke="var(--line)" vertical={false} />
            <XAxis
              dataKey="x"
              type="number"
              allowDecimals={false}
              domain={stepRange(chart)}
              tickFormatter={count}
              tick={AXIS}
              stroke="var(--line)"
            />
            <YAxis
              domain={domain}
              scale={log ? "log" : "linear"}
              allowDataOverflow={log}
              tickFormatter={show}
              tick={AXIS}
              stroke="var(--line)"
              width={44}
            />
            <Tooltip
              isAnimationActive={false}
              labelFormatter={(step) => `${text.stages.step} ${count(Number(step))}`}
              formatter={(value) => show(Number(value))}
              contentStyle={{ background: "var(--surface)", border: "1px solid var(--line)", borderRadius: 6, fontSize: 12 }}
            />
            {marks.map(drawnMark)}
            {chart.styles.map(drawnLine)}
          </LineChart>
        </ResponsiveContainer>
      </div>
      <LatestTable chart={chart} show={shares ? (value) => percent(value) : decimal} />
    </figure>
  );
}

/** First and last step of any line, at full resolution. */
function stepRange({ dense, sparse }: Chart): [number, number] {
  const ends = [dense.x, sparse.x].flatMap((x) => (x.length === 0 ? [] : [x[0]!, x.at(-1)!]));
  return [Math.min(...ends), Math.max(...ends)];
}

function drawnLine({ key, name, colour, faint = false, dots = false }: LineStyle) {
  return (
    <Line
      key={key}
      dataKey={key}
      name={name}
      stroke={colour}
      strokeWidth={faint ? 1 : 1.75}
      strokeOpacity={faint ? 0.3 : 1}
      dot={dots ? { r: 2, fill: colour, strokeWidth: 0 } : false}
      activeDot={{ r: 3 }}
      connectNulls
      isAnimationActive={false}
    />
  );
}

function drawnMark({ kind, step, label }: Mark) {
  const colour = kind === "slept" ? "var(--warn)" : "var(--muted)";
  return (
    <ReferenceLine
      key={`${kind} ${step}`}
      x={step}
      stroke={colour}
      strokeDasharray={kind === "slept" ? "4 3" : "1 3"}
      label={{ ...AXIS, fill: colour, value: label, position: "insideTopLeft" }}
    />
  );
}

function Legend({ styles }: { readonly styles: readonly LineStyle[] }) {
  return (
    <ul className="legend">
      {styles.map(({ key, name, colour, faint }) => (
        <li key={key} className={faint ? "is-faint" : ""}>
          <span className="swatch-line" style={{ background: colour }} />
          {name}
        </li>
      ))}
    </ul>
  );
}

function LatestTable({ chart, show }: { readonly chart: Chart; readonly show: (value: number) => string }) {
  const { columns } = text.curves;
  const lines = { ...chart.dense.lines, ...chart.sparse.lines };
  return (
    <details className="details details-small">
      <summary>{text.curves.table}</summary>
      <table className="table">
        <caption className="hidden">{chart.title}</caption>
        <thead>
          <tr>
            <th scope="col">{columns.name}</th>
            {[columns.last, columns.least, columns.most].map((name) => (
              <th key={name} scope="col" className="number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {chart.styles.map(({ key, name }) => {
            const range = lineRange(lines[key] ?? new Float64Array(0));
            return (
              <tr key={key}>
                <th scope="row">{name}</th>
                <td className="number">{range === null ? "–" : show(range.last)}</td>
                <td className="number">{range === null ? "–" : show(range.least)}</td>
                <td className="number">{range === null ? "–" : show(range.most)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </details>
  );
}
