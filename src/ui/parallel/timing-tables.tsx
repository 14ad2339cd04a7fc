import type { BranchTimingView, TimedBatchView } from "../../protocol/views";
import { count, decimal } from "../kit/format";
import { NumberHead } from "../kit/number-head";
import { Scroll } from "../kit/scroll";
import { text } from "../text";

/** Times and speed-ups of this computer, with what they mean. */
export function MeasuredTable({ timing: { batches, devices, device, software } }: { readonly timing: BranchTimingView }) {
  const { parallel } = text;
  const { batch, ...numbers } = parallel.columns;
  return (
    <div aria-live="polite">
      <h3>{parallel.measured(devices, device)}</h3>
      <p>
        {parallel.shared} {software && parallel.software}
      </p>
      <Scroll across label={parallel.table}>
        <table className="table">
          <NumberHead first={batch} numbers={Object.values(numbers)} />
          <tbody>
            {batches.map((timed) => (
              <tr key={timed.batch}>
                <th scope="row">{count(timed.batch)}</th>
                <Cells timed={timed} />
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <p className="hint">{parallel.differenceHint}</p>
    </div>
  );
}

function Cells({ timed: { seconds, difference } }: { readonly timed: TimedBatchView }) {
  const { parallel } = text;
  if (seconds === null) return <td colSpan={Object.keys(parallel.columns).length - 1}>{parallel.tooLarge}</td>;
  const { unsplit, split, parallel: own } = seconds;
  const cells = [
    ["unsplit", decimal(1000 * unsplit)],
    ["split", decimal(1000 * split)],
    ["parallel", decimal(1000 * own)],
    ["splitSpeed", parallel.times(unsplit / split)],
    ["parallelSpeed", parallel.times(unsplit / own)],
    ["difference", difference === null ? "–" : difference === 0 ? "0" : difference.toExponential(1)],
  ] as const;
  return cells.map(([name, value]) => (
    <td key={name} className="number">
      {value}
    </td>
  ));
}

/** The paper's own, for comparison: on other hardware. */
export function PublishedTable() {
  const { parallel } = text;
  const { network, devices, speed } = parallel.publishedColumns;
  return (
    <div>
      <h3>{parallel.published}</h3>
      <p className="hint">{parallel.publishedHint}</p>
      <table className="table">
        <NumberHead first={network} numbers={[devices, speed]} />
        <tbody>
          {parallel.publishedRows.map((row) => (
            <tr key={row.network}>
              <th scope="row">{row.network}</th>
              <td className="number">{count(row.devices)}</td>
              <td className="number">{parallel.times(row.speed)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
