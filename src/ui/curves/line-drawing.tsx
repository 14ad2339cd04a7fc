import { useState } from "react";
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
import type { ChartRow } from "./chart-rows";
import type { LineStyle } from "./charts";
import type { Mark } from "./marks";

interface Props {
  readonly rows: readonly ChartRow[];
  readonly styles: readonly LineStyle[];
  readonly scale: AxisScale;
  /** The stretch that is drawn. */
  readonly range: CurveRange;
  /** Whether that is less than all. */
  readonly zoomed: boolean;
  /** Told the stretch that was dragged across. */
  readonly onRange: (range: CurveRange) => void;
  readonly height: number;
  readonly shares: boolean;
  readonly log: boolean;
  readonly marks: readonly Mark[];
}

const AXIS = { fontSize: 12, fill: "var(--muted)" } as const;

/** The lines of one chart with axes, tooltip and marks; a stretch of x is chosen by dragging. */
export function LineDrawing({ rows, styles, scale, range, zoomed, onRange, height, shares, log, marks }: Props) {
  const drag = useDrag(onRange);
  const position = scale.axis === "step" ? count : decimal;
  const show = shares ? (value: number) => percent(value, 0) : decimal;
  const domain: [number | "auto", number | "auto"] = shares ? [0, 1] : log ? ["auto", "auto"] : [0, "auto"];
  return (
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
          domain={[...range]}
          allowDataOverflow={zoomed}
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
        {styles.map(drawnLine)}
      </LineChart>
    </ResponsiveContainer>
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
