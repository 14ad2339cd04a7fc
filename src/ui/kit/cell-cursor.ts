import type { MouseEvent } from "react";

export interface Matrix {
  readonly rows: number;
  readonly columns: number;
}

export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** What a key asks of a matrix; null for nothing. */
type KeyAction =
  | { readonly kind: "pick" }
  | { readonly kind: "zoom"; readonly by: "in" | "out" | "whole" }
  /** Where the cursor goes, and how many cells it would have gone beyond the edge; null: it leaves. */
  | { readonly kind: "move"; readonly cell: Cell | null; readonly rows: number; readonly columns: number };

const MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};
const ZOOMS: Readonly<Record<string, "in" | "out" | "whole">> = { "+": "in", "=": "in", "-": "out", "0": "whole" };

/** Arrows move the cursor, with Shift ten cells; Enter picks, Escape leaves, + - 0 zoom. */
export function keyAction(key: string, shift: boolean, cell: Cell | null, { rows, columns }: Matrix): KeyAction | null {
  if (key === "Enter") return { kind: "pick" };
  if (key === "Escape") return { kind: "move", cell: null, rows: 0, columns: 0 };
  const by = ZOOMS[key];
  if (by !== undefined) return { kind: "zoom", by };
  const move = MOVES[key];
  if (move === undefined) return null;
  if (cell === null) return { kind: "move", cell: { row: 0, column: 0 }, rows: 0, columns: 0 };
  const stride = shift ? 10 : 1;
  const [row, column] = [cell.row + stride * move[0], cell.column + stride * move[1]];
  const inside = { row: clamp(row, rows), column: clamp(column, columns) };
  return { kind: "move", cell: inside, rows: row - inside.row, columns: column - inside.column };
}

/** The cell that an event of the frame points at. */
export function cellAt(event: MouseEvent<HTMLElement>, { rows, columns }: Matrix): Cell {
  const box = event.currentTarget.getBoundingClientRect();
  const index = (offset: number, size: number, cells: number): number => clamp(Math.floor((offset / size) * cells), cells);
  return {
    row: index(event.clientY - box.top, box.height, rows),
    column: index(event.clientX - box.left, box.width, columns),
  };
}

function clamp(index: number, cells: number): number {
  return Math.max(0, Math.min(cells - 1, index));
}

/** Place and size of a cell within its frame, as style. */
export function cellBox(cell: Cell, matrix: Matrix) {
  return stretchBox(cell, cell, matrix);
}

/** The same for all cells between two, both included. */
export function stretchBox(from: Cell, to: Cell, { rows, columns }: Matrix) {
  const share = (index: number, cells: number): string => `${(100 * index) / cells}%`;
  return {
    top: share(Math.min(from.row, to.row), rows),
    left: share(Math.min(from.column, to.column), columns),
    width: share(Math.abs(to.column - from.column) + 1, columns),
    height: share(Math.abs(to.row - from.row) + 1, rows),
  };
}
