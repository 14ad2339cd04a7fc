import type { RunRecord } from "../../model/run";
import { COMPARISON_ORDERS, type ComparisonOrder, comparedValue } from "../../state/comparison";
import { moment, percent } from "../kit/format";
import { Scroll } from "../kit/scroll";
import { text } from "../text";
import { styleOf } from "./compared-lines";
import { LineSample } from "./line-sample";
import type { Shown } from "./shown";

interface Props {
  /** In the order of the rows. */
  readonly shown: readonly Shown[];
  readonly order: ComparisonOrder;
  readonly onOrder: (order: ComparisonOrder) => void;
  /** The run being trained, null for none. */
  readonly running: string | null;
}

/** What each run came to; a press on the head of a column sorts by it. */
export function CompareTable({ shown, order, onOrder, running }: Props) {
  return (
    <Scroll across label={text.compare.title}>
      <table className="table compare-table">
        <caption className="hidden">{text.compare.title}</caption>
        <thead>
          <tr>
            <th scope="col">{text.compare.run}</th>
            {COMPARISON_ORDERS.map((column) => (
              <th
                key={column}
                scope="col"
                className={column === "date" ? "" : "number"}
                aria-sort={column === order ? "descending" : "none"}
              >
                <button type="button" className="button button-quiet" onClick={() => onOrder(column)}>
                  {text.compare.columns[column]}
                  <span aria-hidden="true">{column === order ? " ↓" : ""}</span>
                </button>
              </th>
            ))}
            <th scope="col">{text.compare.status}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((one) => (
            <Row key={one.record.id} {...one} running={one.record.id === running} />
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Row({ record, run, name, number, running }: Shown & { readonly running: boolean }) {
  const { best } = run;
  const share = (column: Parameters<typeof comparedValue>[1]): string => {
    const value = comparedValue(run, column);
    return value === null ? "–" : percent(value);
  };
  return (
    <tr>
      <th scope="row">
        <LineSample {...styleOf(number)} /> {number}: {name}
      </th>
      <td>{moment(record.createdAt)}</td>
      <td className="number">
        {share("best")}
        {best !== null && <span className="hint">{text.compare.bestAt(best.stage, best.step)}</span>}
      </td>
      {(["unsplit", "split", "parameters", "flops"] as const).map((column) => (
        <td key={column} className="number">
          {share(column)}
        </td>
      ))}
      <td>{statusOf(record, running)}</td>
    </tr>
  );
}

function statusOf({ phase, failure }: RunRecord, running: boolean): string {
  if (running) return text.runs.running;
  return failure === null ? text.runs.phases[phase] : `${text.runs.failed}: ${failure.message}`;
}
