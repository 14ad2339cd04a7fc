import { listIn, listText } from "../../state/view";
import type { Cell } from "../kit/cell-cursor";

/** Consecutive places in the order of the classes, `end` excluded. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** The part of a confusion matrix that is drawn. */
export interface Window {
  readonly rows: Stretch;
  readonly columns: Stretch;
}

/** Fewer cells than this a side tell no more than the words beside them. */
const LEAST = 2;

export function wholeWindow(classes: number): Window {
  return { rows: { start: 0, end: classes }, columns: { start: 0, end: classes } };
}

/** Whether all of the classes are in it. */
export function isWhole({ rows, columns }: Window, classes: number): boolean {
  return [rows, columns].every(({ start, end }) => start === 0 && end === classes);
}

/** As it stands in the address; null for all of the classes. */
export function windowText(window: Window, classes: number): string | null {
  const { rows, columns } = window;
  return isWhole(window, classes) ? null : listText([rows.start, rows.end, columns.start, columns.end]);
}

/** What such a text says; all of the classes where it fits none of so many. */
export function windowOf(text: string | null, classes: number): Window {
  const [rowStart, rowEnd, columnStart, columnEnd] = listIn(text ?? undefined).map(Number);
  const rows = stretchOf(rowStart, rowEnd, classes);
  const columns = stretchOf(columnStart, columnEnd, classes);
  return rows === null || columns === null ? wholeWindow(classes) : { rows, columns };
}

function stretchOf(start: number | undefined, end: number | undefined, classes: number): Stretch | null {
  if (start === undefined || end === undefined || !Number.isInteger(start) || !Number.isInteger(end)) return null;
  return start >= 0 && end <= classes && end - start >= Math.min(LEAST, classes) ? { start, end } : null;
}

/** `factor` times as many cells a side, about a cell of the window or its middle; within the classes. */
export function zoomed({ rows, columns }: Window, factor: number, at: Cell | null, classes: number): Window {
  const part = ({ start, end }: Stretch, offset: number | null): Stretch => {
    const centre = offset === null ? (start + end) / 2 : start + offset + 0.5;
    const size = Math.min(classes, Math.max(LEAST, Math.round((end - start) * factor)));
    return placed(Math.round(centre - size / 2), size, classes);
  };
  return { rows: part(rows, at?.row ?? null), columns: part(columns, at?.column ?? null) };
}

/** The cells between two of the window, both included. */
export function between({ rows, columns }: Window, from: Cell, to: Cell, classes: number): Window {
  const part = ({ start }: Stretch, a: number, b: number): Stretch =>
    placed(start + Math.min(a, b), Math.max(LEAST, Math.abs(a - b) + 1), classes);
  return { rows: part(rows, from.row, to.row), columns: part(columns, from.column, to.column) };
}

/** As many cells, moved by so many; stops at the ends. */
export function moved({ rows, columns }: Window, byRows: number, byColumns: number, classes: number): Window {
  const part = ({ start, end }: Stretch, by: number): Stretch => placed(start + by, end - start, classes);
  return { rows: part(rows, byRows), columns: part(columns, byColumns) };
}

function placed(start: number, size: number, classes: number): Stretch {
  const first = Math.max(0, Math.min(classes - size, start));
  return { start: first, end: Math.min(classes, first + size) };
}
