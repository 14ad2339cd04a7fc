import { memo } from "react";
import { CartesianGrid, ErrorBar, ResponsiveContainer, Scatter, ScatterChart, Tooltip, XAxis, YAxis } from "recharts";
import type { CostPoint } from "../../state/cost-points";
import { logTicks } from "../../state/log-ticks";
import { percent, short } from "../kit/format";
import { type Marker, markerPath, markerStyle } from "../kit/marker";
import { text } from "../text";
import { type CostAxis, KINDS, kindOf } from "./cost-kinds";

const TICK = { fontSize: 12, fill: "var(--muted)" } as const;
/** Room beside the outermost points, as a factor of their cost. */
const ROOM = 1.15;

interface Props {
  readonly points: readonly CostPoint[];
  readonly axis: CostAxis;
  readonly height: number;
}

/** What the charting library is given of a point; `deviation` is half the length of its bar. */
interface Dot {
  readonly key: string;
  readonly x: number;
  readonly y: number;
  readonly deviation: number | undefined;
}

/** Points over a logarithmic axis of cost, with a bar of one deviation either way where they are means. Drawn anew only for other points: there may be hundreds. */
export const CostDrawing = memo(function CostDrawing({ points, axis, height }: Props) {
  const costs = points.map(({ cost }) => cost[axis]);
  const domain: [number, number] = [Math.min(...costs) / ROOM, Math.max(...costs) * ROOM];
  return (
    <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 480, height }}>
      <ScatterChart margin={{ top: 6, right: 12, bottom: 0, left: 0 }} accessibilityLayer={false}>
        <CartesianGrid stroke="var(--line)" />
        <XAxis
          dataKey="x"
          type="number"
          scale="log"
          domain={domain}
          allowDataOverflow
          ticks={logTicks(...domain)}
          tickFormatter={short}
          tick={TICK}
          stroke="var(--line)"
        />
        <YAxis
          dataKey="y"
          type="number"
          domain={["auto", "auto"]}
          tickFormatter={(value: number) => percent(value)}
          tick={TICK}
          stroke="var(--line)"
          width={52}
        />
        <Tooltip
          isAnimationActive={false}
          cursor={false}
          content={({ active, payload }) => (active ? <PointNote point={pointOf(payload[0]?.payload, points)} /> : null)}
        />
        {KINDS.map(({ key, marker }) => (
          <Scatter
            key={key}
            data={points.filter((point) => kindOf(point).key === key).map((point) => dotOf(point, axis))}
            shape={({ cx, cy }: Place) => <Mark marker={marker} x={cx ?? 0} y={cy ?? 0} />}
            isAnimationActive={false}
          >
            <ErrorBar
              dataKey="deviation"
              direction="y"
              width={4}
              stroke={marker.colour}
              strokeWidth={1.25}
              isAnimationActive={false}
            />
          </Scatter>
        ))}
      </ScatterChart>
    </ResponsiveContainer>
  );
});

function dotOf({ key, cost, top1, deviation }: CostPoint, axis: CostAxis): Dot {
  return { key, x: cost[axis], y: top1, deviation: deviation ?? undefined };
}

/** Where the charting library puts a point, in pixels. */
interface Place {
  readonly cx?: number | undefined;
  readonly cy?: number | undefined;
}

function Mark({ marker, x, y }: { readonly marker: Marker; readonly x: number; readonly y: number }) {
  const { fill, stroke, "stroke-width": strokeWidth } = markerStyle(marker);
  return <path className="cost-mark" d={markerPath(marker.shape, x, y)} fill={fill} stroke={stroke} strokeWidth={strokeWidth} />;
}

/** The point that the charting library hands back. */
function pointOf(dot: unknown, points: readonly CostPoint[]): CostPoint | undefined {
  const key = typeof dot === "object" && dot !== null && "key" in dot ? dot.key : undefined;
  return points.find((point) => point.key === key);
}

/** What the point under the pointer is. */
function PointNote({ point }: { readonly point: CostPoint | undefined }) {
  if (point === undefined) return null;
  const { kinds, columns } = text.compare.cost;
  const { cost, top1, deviation } = point;
  return (
    <div className="cost-note">
      <p className="strong">{point.name}</p>
      <p>{kinds[kindOf(point).key]}</p>
      <p>
        {columns.top1}: {percent(top1, 2)}
        {deviation !== null && ` ± ${percent(deviation, 2)}`}
      </p>
      <p>
        {columns.parameters}: {short(cost.parameters)}, {columns.flops}: {short(cost.flops)}
      </p>
    </div>
  );
}
