import { NumberHead } from "../kit/number-head";
import { Disclosure } from "../kit/view";
import { text } from "../text";
import { lineRange } from "./chart-rows";
import type { Chart } from "./charts";

/** Latest, least and greatest value of every line of a chart, at full resolution. */
export function LatestTable({ chart, show }: { readonly chart: Chart; readonly show: (value: number) => string }) {
  const { columns } = text.curves;
  const lines = { ...chart.dense.lines, ...chart.sparse.lines };
  return (
    <Disclosure small name={`${chart.key}-table`} summary={text.curves.table}>
      <table className="table">
        <caption className="hidden">{chart.title}</caption>
        <NumberHead first={columns.name} numbers={[columns.last, columns.least, columns.most]} />
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
    </Disclosure>
  );
}
