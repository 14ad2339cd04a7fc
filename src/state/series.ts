import { recordOf } from "../base/record";
import type { Columns } from "../model/curve-columns";

/**
 * Rows of numbers in growing Float64Array columns. A series is a value: appending returns a new one.
 * Storage is shared between a series and its successors; only the newest may grow in place, others copy first.
 */
export interface Series<Name extends string> {
  readonly length: number;
  readonly storage: Storage<Name>;
}

interface Storage<Name extends string> {
  readonly columns: Columns<Name>;
  readonly capacity: number;
  /** Rows written; a series shorter than this has a successor and must not write in place. */
  used: number;
}

const FIRST_CAPACITY = 256;

/** A series without rows. */
export function emptySeries<Name extends string>(names: readonly Name[]): Series<Name> {
  return { length: 0, storage: { columns: recordOf(names, () => new Float64Array(0)), capacity: 0, used: 0 } };
}

/** The series of whole columns, which are its own from now on. */
export function seriesOf<Name extends string>(columns: Columns<Name>, length: number): Series<Name> {
  return { length, storage: { columns, capacity: length, used: length } };
}

/** The series with `rows` added at its end; amortised constant time a row. */
export function appendRows<Name extends string>(
  series: Series<Name>,
  rows: readonly Readonly<Record<Name, number>>[],
): Series<Name> {
  if (rows.length === 0) return series;
  const length = series.length + rows.length;
  const storage = writable(series, length);
  for (const name of namesOf(storage)) {
    const column = storage.columns[name];
    rows.forEach((row, index) => {
      column[series.length + index] = row[name];
    });
  }
  storage.used = length;
  return { length, storage };
}

/** The first `length` rows. */
export function keepRows<Name extends string>(series: Series<Name>, length: number): Series<Name> {
  return { length: Math.min(length, series.length), storage: series.storage };
}

/** A view of one column, as long as the series. */
export function columnOf<Name extends string>(series: Series<Name>, name: Name): Float64Array {
  return series.storage.columns[name].subarray(0, series.length);
}

/** First index whose value is at least `limit`; values ascend. */
export function indexFrom(values: Float64Array, limit: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function writable<Name extends string>(series: Series<Name>, length: number): Storage<Name> {
  const { storage } = series;
  if (storage.used === series.length && storage.capacity >= length) return storage;
  const capacity = Math.max(FIRST_CAPACITY, 2 ** Math.ceil(Math.log2(length)));
  const columns = recordOf(namesOf(storage), (name) => {
    const column = new Float64Array(capacity);
    column.set(columnOf(series, name));
    return column;
  });
  return { columns, capacity, used: series.length };
}

function namesOf<Name extends string>(storage: Storage<Name>): Name[] {
  const names: Name[] = [];
  for (const name in storage.columns) names.push(name);
  return names;
}
