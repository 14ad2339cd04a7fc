import { lazy, Suspense, useDeferredValue, useMemo } from "react";
import { PUBLISHED_CLASSES } from "../../splitnet/published-results";
import type { ComparedRow } from "../../state/compared-rows";
import { type CostPoint, costPoints, publishedPoints } from "../../state/cost-points";
import { Boundary } from "../kit/boundary";
import { Check, Select } from "../kit/controls";
import { MarkerSample } from "../kit/marker";
import { PictureButtons } from "../kit/picture-buttons";
import { Empty } from "../kit/section";
import { useChoice, useViewed } from "../kit/view";
import { text } from "../text";
import { pointsCsv } from "./compare-csv";
import { rowName } from "./compare-row";
import { type CostAxis, KINDS, kindOf } from "./cost-kinds";
import { CostTable } from "./cost-table";

const HEIGHT = 300;

/** As for the curves: the charting library is loaded with the first chart. */
const CostDrawing = lazy(async () => ({ default: (await import("./cost-drawing")).CostDrawing }));

/** Test accuracy of the networks of every row against what they cost, the paper's beside them. */
export function CostChart({ rows }: { readonly rows: readonly ComparedRow[] }) {
  const [axis, choose] = useChoice("compare.cost", ["parameters", "flops"]);
  const [published, look] = usePublished(rows);
  // The table and what is typed come first: hundreds of points take their time.
  const drawn = useDeferredValue(rows);
  const own = useMemo(() => costPoints(drawn, rowName), [drawn]);
  const points = useMemo(() => (published ? [...own, ...publishedPoints()] : own), [own, published]);
  const { title, empty, axes, axisLabel, showPublished } = text.compare.cost;
  return (
    <>
      <h3>{title}</h3>
      <div className="row">
        <Select
          inline
          label={axisLabel}
          value={axis}
          options={(["parameters", "flops"] as const).map((value) => ({ value, name: axes[value] }))}
          onChange={choose}
        />
        <Check label={showPublished} on={published} onChange={(on) => look(on ? "on" : "off")} />
      </div>
      {points.length === 0 ? <Empty>{empty}</Empty> : <Figure points={points} axis={axis} published={published} />}
    </>
  );
}

interface FigureProps {
  readonly points: readonly CostPoint[];
  readonly axis: CostAxis;
  readonly published: boolean;
}

function Figure({ points, axis, published }: FigureProps) {
  const { title, axes, notes, publishedNote, spreadNote } = text.compare.cost;
  const legend = KINDS.filter((kind) => points.some((point) => kindOf(point) === kind)).map((kind) => ({
    name: text.compare.cost.kinds[kind.key],
    colour: kind.marker.colour,
    marker: kind.marker,
  }));
  const said = [notes, points.some(({ deviation }) => deviation !== null) && spreadNote, published && publishedNote].filter(
    (note) => typeof note === "string",
  );
  return (
    <figure className="chart">
      <figcaption>
        <span className="chart-title">{text.compare.cost.against(axes[axis])}</span>
        <PictureButtons
          ofRun={false}
          title={title}
          fileName="accuracy-and-cost"
          legend={legend}
          caption={said}
          csv={() => pointsCsv(points)}
        />
        <ul className="legend">
          {legend.map(({ name, marker }) => (
            <li key={name}>
              <MarkerSample marker={marker} /> {name}
            </li>
          ))}
        </ul>
      </figcaption>
      <Boundary of={title}>
        <div aria-hidden="true" style={{ height: HEIGHT }}>
          <Suspense>
            <CostDrawing points={points} axis={axis} height={HEIGHT} />
          </Suspense>
        </div>
      </Boundary>
      <p className="hint">{said.join(" ")}</p>
      <CostTable points={points} />
    </figure>
  );
}

/** Shown as somebody chose, else where a run has as many classes as the published data. */
function usePublished(rows: readonly ComparedRow[]): readonly [boolean, (chosen: string) => void] {
  const [chosen, look] = useViewed("compare.published");
  const fits = rows.some(({ runs }) => runs.some(({ record }) => record.classes.length === PUBLISHED_CLASSES));
  return [chosen === "on" || (chosen !== "off" && fits), look];
}
