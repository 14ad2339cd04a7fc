import type { CostPoint } from "../../state/cost-points";
import { count, percent, short } from "../kit/format";
import { NumberHead } from "../kit/number-head";
import { Scroll } from "../kit/scroll";
import { Disclosure } from "../kit/view";
import { text } from "../text";
import { kindOf } from "./cost-kinds";

/** The points of the chart as a table: what each is, what it costs, and where a published one stands. */
export function CostTable({ points }: { readonly points: readonly CostPoint[] }) {
  const { title, columns, kinds, table } = text.compare.cost;
  return (
    <Disclosure small name="compare-cost" summary={text.compare.table}>
      <Scroll label={title}>
        <table className="table cost-table">
          <caption className="hidden">{title}</caption>
          <NumberHead first={columns.network} numbers={[columns.parameters, columns.flops, columns.top1, columns.runs]} />
          <tbody>
            {points.map((point) => (
              <tr key={point.key}>
                <th scope="row">
                  {point.name}
                  <span className="hint">
                    {kinds[kindOf(point).key]}
                    {point.published !== null && `, ${table(point.published)}`}
                  </span>
                </th>
                <td className="number">{short(point.cost.parameters)}</td>
                <td className="number">{short(point.cost.flops)}</td>
                <td className="number">
                  {percent(point.top1, 2)}
                  {point.deviation !== null && ` ± ${percent(point.deviation, 2)}`}
                </td>
                <td className="number">{point.published === null ? count(point.count) : "–"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </Disclosure>
  );
}
