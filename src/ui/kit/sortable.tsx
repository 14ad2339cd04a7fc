import { listIn, listText } from "../../state/view";

/** Which column a table is sorted by, and which way. */
export interface Sorting<Column extends string> {
  readonly column: Column;
  readonly falling: boolean;
}

interface Props<Column extends string> {
  readonly column: Column;
  readonly name: string;
  /** Whether the column holds numbers: these fall first, since the greatest are asked for. */
  readonly number: boolean;
  readonly sorting: Sorting<Column> | null;
  /** Null: as the table came. */
  readonly onSort: (sorting: Sorting<Column> | null) => void;
}

/** The head of a column that sorts its table: one way, then the other, then not at all. */
export function SortableHead<Column extends string>({ column, name, number, sorting, onSort }: Props<Column>) {
  const own = sorting?.column === column ? sorting : null;
  const next = own === null ? { column, falling: number } : own.falling === number ? { column, falling: !number } : null;
  const order = own === null ? "none" : own.falling ? "descending" : "ascending";
  return (
    <th scope="col" className={number ? "number" : undefined} aria-sort={order}>
      <button type="button" className="sort" onClick={() => onSort(next)}>
        {name}
      </button>
    </th>
  );
}

/** As it stands in the address; null for as the table came. */
export function sortingText(sorting: Sorting<string> | null): string | null {
  return sorting === null ? null : listText([sorting.column, sorting.falling ? "falling" : "rising"]);
}

/** What such a text says of a table with these columns. */
export function sortingOf<Column extends string>(text: string | null, columns: readonly Column[]): Sorting<Column> | null {
  const [name, direction] = listIn(text ?? undefined);
  const column = columns.find((one) => one === name);
  return column === undefined ? null : { column, falling: direction === "falling" };
}

/** The rows in that order; equal ones as they came, and last, either way, those without a value. */
export function sortedBy<Row, Column extends string>(
  rows: readonly Row[],
  sorting: Sorting<Column> | null,
  keyOf: (row: Row, column: Column) => string | number | null,
): readonly Row[] {
  if (sorting === null) return rows;
  const sign = sorting.falling ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [left, right] = [keyOf(a, sorting.column), keyOf(b, sorting.column)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return sign * compare(left, right);
  });
}

function compare(a: string | number, b: string | number): number {
  return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en");
}
