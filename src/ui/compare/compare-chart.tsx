import { lazy, Suspense, useMemo } from "react";
import type { CurveAxis } from "../../state/curve-view";
import { Boundary } from "../kit/boundary";
import { count } from "../kit/format";
import { NumberHead } from "../kit/number-head";
import { PictureButtons } from "../kit/picture-buttons";
import { Disclosure } from "../kit/view";
import { text } from "../text";
import { linesCsv } from "./compare-csv";
import { type ComparedLine, lineRows } from "./compared-lines";
import { LineSample } from "./line-sample";

const HEIGHT = 300;

/** As for the curves: the charting library is loaded with the first chart. */
const CompareDrawing = lazy(async () => ({ default: (await import("./compare-drawing")).CompareDrawing }));

interface Props {
  readonly title: string;
  readonly lines: readonly ComparedLine[];
  readonly axis: CurveAxis;
  /** What a picture of it says below. */
  readonly caption: readonly string[];
  /** How a value is written. */
  readonly show: (value: number) => string;
}

/** One metric of several runs in one chart, with a legend and the same numbers as a table. */
export function CompareChart({ title, lines, axis, caption, show }: Props) {
  const rows = useMemo(() => lineRows(lines), [lines]);
  return (
    <figure className="chart">
      <figcaption>
        <span className="chart-title">{title}</span>
        <PictureButtons
          ofRun={false}
          title={title}
          fileName="comparison"
          legend={lines}
          caption={caption}
          csv={() => linesCsv(lines, axis)}
        />
        <ul className="legend">
          {lines.map(({ key, name, colour, dash }) => (
            <li key={key}>
              <LineSample colour={colour} dash={dash} /> {name}
            </li>
          ))}
        </ul>
      </figcaption>
      <Boundary of={title}>
        <div aria-hidden="true" style={{ height: HEIGHT }}>
          <Suspense>
            <CompareDrawing rows={rows} lines={lines} axis={axis} show={show} height={HEIGHT} />
          </Suspense>
        </div>
      </Boundary>
      <Values title={title} lines={lines} show={show} />
    </figure>
  );
}

/** Latest, least and greatest value of every line, of every point it has. */
function Values({ title, lines, show }: Pick<Props, "title" | "lines" | "show">) {
  const { tableColumns: columns } = text.compare;
  return (
    <Disclosure small name="compare-table" summary={text.compare.table}>
      <table className="table">
        <caption className="hidden">{title}</caption>
        <NumberHead first={text.compare.run} numbers={[columns.points, columns.last, columns.least, columns.most]} />
        <tbody>
          {lines.map(({ key, name, y, mean }) => (
            <tr key={key}>
              <th scope="row">{name}</th>
              <td className="number">{count(y.length)}</td>
              <td className="number">
                {show(y.at(-1)!)}
                {mean !== null && ` ± ${show(mean.deviation.at(-1)!)}`}
              </td>
              <td className="number">{show(y.reduce((a, b) => Math.min(a, b)))}</td>
              <td className="number">{show(y.reduce((a, b) => Math.max(a, b)))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Disclosure>
  );
}
