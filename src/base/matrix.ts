import { ShapeError } from "./errors";

/** A small float64 matrix, row-major. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

/** A matrix from row-major values. */
export function matrix(rows: number, columns: number, values?: ArrayLike<number>): Matrix {
  if (values !== undefined && values.length !== rows * columns) {
    throw new ShapeError(
      `a ${rows} x ${columns} matrix needs ${rows * columns} values, got ${values.length}`,
      "Check the shape of the input.",
    );
  }
  const data = values === undefined ? new Float64Array(rows * columns) : Float64Array.from(values);
  return { rows, columns, data };
}

/** Element (row, column). */
export function at(m: Matrix, row: number, column: number): number {
  return m.data[row * m.columns + column] as number;
}
