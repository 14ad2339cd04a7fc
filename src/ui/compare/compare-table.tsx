import { useMemo } from "react";
import { MOST_DRAWN } from "../../model/run";
import {
  type ComparedRow,
  RESULT_COLUMNS,
  type ResultColumn,
  rowResult,
  rowSetting,
  type SettingColumn,
} from "../../state/compared-rows";
import { CsvButton } from "../kit/csv-button";
import { useRoving } from "../kit/roving";
import { Scroll } from "../kit/scroll";
import { SortableHead, sortedBy, sortingOf, sortingText } from "../kit/sortable";
import { useSelected } from "../kit/studio";
import { useViewed } from "../kit/view";
import { text } from "../text";
import { runsCsv } from "./compare-csv";
import { CompareRow, rowStatus } from "./compare-row";
import type { Shown } from "./shown";

/** Columns of settings at a time: more make the table slow, and nobody reads them. */
const MOST_SETTINGS = 16;

interface Props {
  readonly rows: readonly ComparedRow[];
  /** The drawn runs. */
  readonly shown: readonly Shown[];
  /** Settings that differ, a column each. */
  readonly settings: readonly SettingColumn[];
  /** Whether seeds stand together. */
  readonly means: boolean;
  /** Draws runs, or no longer; null where that cannot be chosen here. */
  readonly onDraw: ((runIds: readonly string[], on: boolean) => void) | null;
}

/** What each run came to; a press on the head of a column sorts by it. */
export function CompareTable({ rows, shown, settings, means, onDraw }: Props) {
  const [order, look] = useViewed("compare.sort");
  const running = useSelected(({ facts: { activity } }) => ("runId" in activity ? activity.runId : null));
  const columns = useMemo(() => settings.slice(0, MOST_SETTINGS), [settings]);
  const heads = useMemo(() => headsOf(columns, means), [columns, means]);
  const sorting = useMemo(
    () =>
      sortingOf(
        order,
        heads.map(({ column }) => column),
      ),
    [order, heads],
  );
  const sorted = useMemo(
    () => sortedBy(rows, sorting, (row, column) => keyOf(row, column, columns, running)),
    [rows, sorting, columns, running],
  );
  const numbers = new Map(shown.map(({ record, number }) => [record.id, number]));
  const { onKeyDown, tabIndexOf } = useRoving(sorted.length);
  const full = shown.length >= MOST_DRAWN;
  return (
    <div>
      <Scroll label={text.compare.title} across={onDraw === null} tall>
        <table className="table compare-table">
          <caption className="hidden">{text.compare.title}</caption>
          <thead>
            <tr>
              {onDraw !== null && <th scope="col">{text.compare.drawnHead}</th>}
              {heads.map(({ column, name, number }) => (
                <SortableHead
                  key={column}
                  column={column}
                  name={name}
                  number={number}
                  sorting={sorting}
                  onSort={(next) => look(sortingText(next))}
                />
              ))}
            </tr>
          </thead>
          <tbody onKeyDown={onKeyDown}>
            {sorted.map((row, place) => {
              const own = row.runs.flatMap(({ record }) => numbers.get(record.id) ?? []);
              return (
                <CompareRow
                  key={row.key}
                  row={row}
                  settings={columns}
                  means={means}
                  numbers={own.join(" + ")}
                  firstNumber={own[0] ?? null}
                  drawn={own.length === row.runs.length ? "all" : own.length > 0 ? "some" : "none"}
                  drawable={shown.length + row.runs.length - own.length <= MOST_DRAWN}
                  tabIndex={tabIndexOf(place)}
                  running={row.runs.some(({ record }) => record.id === running) ? running : null}
                  onDraw={onDraw}
                />
              );
            })}
          </tbody>
        </table>
      </Scroll>
      <div className="row row-spread">
        <Notes full={full && onDraw !== null} hidden={settings.length - columns.length} means={means} />
        <CsvButton
          title={text.compare.tableTitle}
          fileName="runs"
          csv={() =>
            runsCsv(
              sorted.flatMap(({ runs }) => runs),
              settings,
            )
          }
        />
      </div>
    </div>
  );
}

interface NotesProps {
  /** Whether no further run can be drawn. */
  readonly full: boolean;
  /** Settings that differ and have no column. */
  readonly hidden: number;
  readonly means: boolean;
}

function Notes({ full, hidden, means }: NotesProps) {
  const notes = [
    full && text.compare.most(MOST_DRAWN),
    hidden > 0 && text.compare.moreSettings(hidden),
    means && text.compare.meanOfRows,
  ];
  return <span className="hint">{notes.filter(Boolean).join(" ")}</span>;
}

interface Head {
  readonly column: string;
  readonly name: string;
  readonly number: boolean;
}

function headsOf(settings: readonly SettingColumn[], means: boolean): readonly Head[] {
  const { columns, run, status, seeds } = text.compare;
  return [
    { column: "name", name: run, number: false },
    { column: "date", name: columns.date, number: true },
    ...(means ? [{ column: "seeds", name: seeds, number: true }] : []),
    ...RESULT_COLUMNS.map((column) => ({ column, name: columns[column], number: true })),
    { column: "status", name: status, number: false },
    ...settings.map(({ path }) => ({ column: path, name: path, number: false })),
  ];
}

/** What rows are sorted by; null where a row has no value there yet. */
function keyOf(
  row: ComparedRow,
  column: string,
  settings: readonly SettingColumn[],
  running: string | null,
): string | number | null {
  const [first] = row.runs;
  const result = RESULT_COLUMNS.find((one) => one === column);
  if (result !== undefined) return meanIn(row, result);
  if (column === "name") return first.name;
  if (column === "date") return first.record.createdAt;
  if (column === "seeds") return row.runs.length;
  if (column === "status") return rowStatus(row, running);
  const setting = settings.find(({ path }) => path === column);
  if (setting === undefined) return null;
  const value = rowSetting(row, setting);
  return value !== "" && Number.isFinite(Number(value)) ? Number(value) : value;
}

function meanIn(row: ComparedRow, column: ResultColumn): number | null {
  return rowResult(row, column)?.mean ?? null;
}
