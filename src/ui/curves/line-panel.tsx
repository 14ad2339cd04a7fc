import { lazy, Suspense, useMemo } from "react";
import type { TrainingStage } from "../../model/run";
import type { AxisScale, CurveRange } from "../../state/curve-view";
import { Boundary } from "../kit/boundary";
import { decimal, percent } from "../kit/format";
import { PictureButtons } from "../kit/picture-buttons";
import { text } from "../text";
import { chartRows, pointsIn } from "./chart-rows";
import type { Chart } from "./charts";
import { LatestTable } from "./latest-table";
import { Legend, useHiddenLines } from "./legend";
import type { Mark } from "./marks";

/** The charting library is half of the page's scripts: it is loaded with the first curve. */
const LineDrawing = lazy(async () => ({ default: (await import("./line-drawing")).LineDrawing }));

interface Props {
  readonly chart: Chart;
  readonly scale: AxisScale;
  /** All of x, and the stretch of it that is drawn; null: all. */
  readonly full: CurveRange;
  readonly range: CurveRange | null;
  /** Told the stretch that was dragged across, or null for everything. */
  readonly onRange: (range: CurveRange | null) => void;
  readonly height: number;
  readonly stage: TrainingStage;
  /** What is to be said of every chart: how its points are drawn. */
  readonly notes: string;
  /** Values are shares, drawn from 0 to 1. */
  readonly shares?: boolean;
  readonly log?: boolean;
  readonly marks?: readonly Mark[];
}

/** One chart with its legend and the same numbers as a table. */
export function LinePanel({
  chart,
  scale,
  full,
  range,
  onRange,
  height,
  stage,
  notes,
  shares = false,
  log = false,
  marks = [],
}: Props) {
  const rows = useMemo(
    () => chartRows(pointsIn(chart.dense, range), pointsIn(chart.sparse, range), log ? 0 : undefined),
    [chart, range, log],
  );
  const [hidden, toggle] = useHiddenLines();
  const styles = chart.styles.filter(({ key }) => !hidden.has(key));
  return (
    <figure className="chart">
      <figcaption>
        <span className="chart-title">{chart.title}</span>
        <Legend styles={chart.styles} hidden={hidden} onToggle={toggle} />
        <PictureButtons
          title={chart.title}
          fileName={`${chart.key}-${stage}`}
          legend={styles}
          caption={[text.curves.pictured(stage, scale.axis, (range ?? full).map(decimal), log), notes]}
        />
      </figcaption>
      <Boundary of={chart.title}>
        {/* The buttons beside the charts do the same for who uses no mouse. */}
        <div className="chart-area" aria-hidden="true" style={{ height }} onDoubleClick={() => onRange(null)}>
          <Suspense>
            <LineDrawing
              rows={rows}
              styles={styles}
              scale={scale}
              range={range ?? full}
              zoomed={range !== null}
              onRange={onRange}
              height={height}
              shares={shares}
              log={log}
              marks={marks}
            />
          </Suspense>
        </div>
      </Boundary>
      <LatestTable chart={chart} show={shares ? (value) => percent(value) : decimal} />
    </figure>
  );
}
