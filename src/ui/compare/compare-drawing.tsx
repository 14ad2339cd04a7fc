import { memo } from "react";
import { Area, CartesianGrid, ComposedChart, Line, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import type { CurveAxis } from "../../state/curve-view";
import { count, decimal } from "../kit/format";
import { text } from "../text";
import type { ComparedLine, LineRow } from "./compared-lines";

const TICK = { fontSize: 12, fill: "var(--muted)" } as const;

interface Props {
  readonly rows: readonly LineRow[];
  readonly lines: readonly ComparedLine[];
  readonly axis: CurveAxis;
  readonly show: (value: number) => string;
  readonly height: number;
}

/** Lines of several runs with axes and tooltip; a mean has the band of its deviation behind it. Drawn anew only for other lines. */
export const CompareDrawing = memo(function CompareDrawing({ rows, lines, axis, show, height }: Props) {
  const position = axis === "step" ? count : decimal;
  return (
    <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 480, height }}>
      <ComposedChart data={rows} margin={{ top: 6, right: 8, bottom: 0, left: 0 }} accessibilityLayer={false}>
        <CartesianGrid stroke="var(--line)" vertical={false} />
        <XAxis
          dataKey="x"
          type="number"
          domain={["dataMin", "dataMax"]}
          tickFormatter={position}
          tick={TICK}
          stroke="var(--line)"
        />
        <YAxis domain={["auto", "auto"]} tickFormatter={show} tick={TICK} stroke="var(--line)" width={52} />
        <Tooltip
          isAnimationActive={false}
          labelFormatter={(x) => text.curves.view.at[axis](position(Number(x)))}
          formatter={(value) => (typeof value === "number" ? show(value) : String(value))}
          contentStyle={{ background: "var(--surface)", border: "1px solid var(--line)", borderRadius: 6, fontSize: 12 }}
        />
        {lines.filter(({ mean }) => mean !== null).map(drawnBand)}
        {lines.map(drawnLine)}
      </ComposedChart>
    </ResponsiveContainer>
  );
});

function drawnBand({ key, colour }: ComparedLine) {
  return (
    <Area
      key={`${key}band`}
      dataKey={`${key}band`}
      stroke="none"
      fill={colour}
      fillOpacity={0.2}
      connectNulls
      activeDot={false}
      tooltipType="none"
      isAnimationActive={false}
    />
  );
}

function drawnLine({ key, name, colour, dash, x }: ComparedLine) {
  // A line of one point has no length.
  const dot = x.length === 1 ? { r: 3, fill: colour, strokeWidth: 0 } : false;
  return (
    <Line
      key={key}
      dataKey={key}
      name={name}
      stroke={colour}
      strokeWidth={1.75}
      strokeDasharray={dash}
      dot={dot}
      activeDot={{ r: 3 }}
      connectNulls
      isAnimationActive={false}
    />
  );
}
