import { useMemo, useState } from "react";
import {
  CartesianGrid,
  Line,
  LineChart,
  type MouseHandlerDataParam,
  ReferenceArea,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import type { AxisScale, CurveRange } from "../../state/curve-view";
import { count, decimal, percent } from "../kit/format";
import { text } from "../text";
import { chartRows, pointsIn } from "./chart-rows";
import type { Chart, LineStyle } from "./charts";
import { LatestTable } from "./latest-table";
import type { Mark } from "./marks";

interface Props {
  readonly chart: Chart;
  readonly scale: AxisScale;
  /** All of x, and the stretch of it that is drawn; null: all. */
  readonly full: CurveRange;
  readonly range: CurveRange | null;
  /** Told the stretch that was dragged across, or null for everything. */
  readonly onRange: (range: CurveRange | null) => void;
  readonly height: number;
  /** Values are shares, drawn from 0 to 1. */
  readonly shares?: boolean;
  readonly log?: boolean;
  readonly marks?: readonly Mark[];
}

const AXIS = { fontSize: 12, fill: "var(--muted)" } as const;

/** One chart with its legend and the same numbers as a table. */
export function LinePanel({ chart, scale, full, range, onRange, height, shares = false, log = false, marks = [] }: Props) {
  const rows = useMemo(
    () => chartRows(pointsIn(chart.dense, range), pointsIn(chart.sparse, range), log ? 0 : undefined),
    [chart, range, log],
  );
  const drag = useDrag(onRange);
  const position = scale.axis === "step" ? count : decimal;
  const show = shares ? (value: number) => percent(value, 0) : decimal;
  const domain: [number | "auto", number | "auto"] = shares ? [0, 1] : log ? ["auto", "auto"] : [0, "auto"];
  return (
    <figure className="chart">
      <figcaption>
        <span className="chart-title">{chart.title}</span>
        <Legend styles={chart.styles} />
      </figcaption>
      {/* The buttons beside the charts do the same for who uses no mouse. */}
      <div className="chart-area" aria-hidden="true" style={{ height }} onDoubleClick={() => onRange(null)}>
        <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 480, height }}>
          <LineChart
            data={rows}
            margin={{ top: 6, right: 8, bottom: 0, left: 0 }}
            accessibilityLayer={false}
            syncId="curves"
            syncMethod="value"
            onMouseDown={drag.begin}
            onMouseMove={drag.move}
            onMouseUp={drag.end}
            onMouseLeave={drag.cancel}
          >
            <CartesianGrid stroke="var(--line)" vertical={false} />
            <XAxis
              dataKey="x"
              type="number"
              allowDecimals={scale.axis !== "step"}
              domain={[...(range ?? full)]}
              allowDataOverflow={range !== null}
              tickFormatter={position}
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
              labelFormatter={(x) => text.curves.view.at[scale.axis](position(Number(x)))}
              formatter={(value) => show(Number(value))}
              contentStyle={{ background: "var(--surface)", border: "1px solid var(--line)", borderRadius: 6, fontSize: 12 }}
            />
            {marks.map((mark) => drawnMark(mark, scale))}
            {drag.area !== null && <ReferenceArea x1={drag.area[0]} x2={drag.area[1]} fill="var(--accent)" fillOpacity={0.15} />}
            {chart.styles.map(drawnLine)}
          </LineChart>
        </ResponsiveContainer>
      </div>
      <LatestTable chart={chart} show={shares ? (value) => percent(value) : decimal} />
    </figure>
  );
}

/** Dragging across a chart: where it began and where it is. */
function useDrag(onRange: Props["onRange"]) {
  const [area, setArea] = useState<CurveRange | null>(null);
  return {
    area,
    begin(state: MouseHandlerDataParam) {
      const x = positionOf(state);
      if (x !== null) setArea([x, x]);
    },
    move(state: MouseHandlerDataParam) {
      const x = positionOf(state);
      if (area !== null && x !== null) setArea([area[0], x]);
    },
    end() {
      if (area !== null && area[0] !== area[1]) onRange([Math.min(...area), Math.max(...area)]);
      setArea(null);
    },
    cancel() {
      setArea(null);
    },
  };
}

/** x of the row under the pointer. */
function positionOf({ activeLabel }: MouseHandlerDataParam): number | null {
  return activeLabel === undefined ? null : Number(activeLabel);
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

const DASHES: Readonly<Record<Mark["kind"], string>> = { slept: "4 3", resumed: "1 3", rate: "6 2 1 2" };

function drawnMark({ kind, step, label }: Mark, scale: AxisScale) {
  const colour = kind === "slept" ? "var(--warn)" : "var(--muted)";
  return (
    <ReferenceLine
      key={`${kind} ${step}`}
      x={scale.at(step)}
      stroke={colour}
      strokeDasharray={DASHES[kind]}
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
