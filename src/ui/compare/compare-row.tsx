import { memo } from "react";
import type { RunRecord } from "../../model/run";
import {
  type ComparedRow,
  RESULT_COLUMNS,
  type ResultColumn,
  rowResult,
  rowSetting,
  type SettingColumn,
} from "../../state/compared-rows";
import { count, moment, percent } from "../kit/format";
import { text } from "../text";
import { styleOf } from "./compared-lines";
import { LineSample } from "./line-sample";

interface Props {
  readonly row: ComparedRow;
  readonly settings: readonly SettingColumn[];
  /** Whether seeds stand together. */
  readonly means: boolean;
  /** Those of its drawn runs, empty for none, and the first of them. */
  readonly numbers: string;
  readonly firstNumber: number | null;
  /** Whether all of its runs are drawn, and whether there is room for all. */
  readonly drawn: "all" | "some" | "none";
  readonly drawable: boolean;
  /** Of its box: one box of the table is a stop of the Tab key. */
  readonly tabIndex: number;
  /** Id of the run being trained, where it is one of these. */
  readonly running: string | null;
  /** Null where it cannot be chosen. */
  readonly onDraw: ((runIds: readonly string[], on: boolean) => void) | null;
}

/** One run, or the mean over its seeds. Drawn anew only when something of it changes: there may be hundreds. */
export const CompareRow = memo(function CompareRow({
  row,
  settings,
  means,
  numbers,
  firstNumber,
  drawn,
  drawable,
  tabIndex,
  running,
  onDraw,
}: Props) {
  const [{ record }] = row.runs;
  const name = rowName(row);
  return (
    <tr>
      {onDraw !== null && (
        <td>
          <input
            type="checkbox"
            aria-label={text.compare.draw(name)}
            checked={drawn === "all"}
            ref={(box) => {
              if (box !== null) box.indeterminate = drawn === "some";
            }}
            tabIndex={tabIndex}
            // Not disabled: the arrows go through it as well, and the note below the table says why it does nothing.
            aria-disabled={drawn !== "all" && !drawable}
            onChange={({ target }) => {
              const runIds = row.runs.map((run) => run.record.id);
              if (drawn === "all" || drawable) onDraw(runIds, target.checked);
            }}
          />
        </td>
      )}
      <th scope="row">
        {firstNumber !== null && (
          <>
            <LineSample {...styleOf(firstNumber)} /> {numbers}:{" "}
          </>
        )}
        {name}
      </th>
      <td className="number">{moment(record.createdAt)}</td>
      {means && <td className="number">{count(row.runs.length)}</td>}
      {RESULT_COLUMNS.map((column) => (
        <ResultCell key={column} row={row} column={column} />
      ))}
      <td>{rowStatus(row, running)}</td>
      {settings.map((setting) => (
        <td key={setting.path}>{rowSetting(row, setting)}</td>
      ))}
    </tr>
  );
});

function ResultCell({ row, column }: { readonly row: ComparedRow; readonly column: ResultColumn }) {
  const spread = rowResult(row, column);
  const [only, ...others] = row.runs;
  const best = column === "best" && others.length === 0 ? only.summary.best : null;
  return (
    <td className="number">
      {spread === null ? "–" : percent(spread.mean)}
      {spread !== null && spread.deviation !== null && ` ± ${percent(spread.deviation)}`}
      {spread !== null && spread.count < row.runs.length && <span className="hint">{text.compare.of(spread.count)}</span>}
      {best !== null && <span className="hint">{text.compare.bestAt(best.stage, best.step)}</span>}
    </td>
  );
}

/** What a row is called: its run, or the seeds of its runs. */
export function rowName({ runs }: ComparedRow): string {
  const [first, ...others] = runs;
  if (others.length === 0) return first.name;
  const seeds = runs.map(({ record }) => record.config.seed).join(", ");
  return text.compare.meanName(first.name, runs.length, seeds);
}

/** How far its runs have come, each state once. */
export function rowStatus({ runs }: ComparedRow, running: string | null): string {
  return [...new Set(runs.map(({ record }) => statusOf(record, record.id === running)))].join(", ");
}

function statusOf({ phase, failure }: RunRecord, running: boolean): string {
  if (running) return text.runs.running;
  return failure === null ? text.runs.phases[phase] : `${text.runs.failed}: ${failure.message}`;
}
