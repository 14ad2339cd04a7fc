import { type KeyboardEvent, type MouseEvent, type ReactNode, useEffect, useRef, useState } from "react";

/** A matrix as pixels: one pixel a cell, RGBA, row by row. */
export interface CellImage {
  readonly rows: number;
  readonly columns: number;
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

interface Props {
  readonly image: CellImage;
  readonly label: string;
  /** What the cell under the cursor says. */
  readonly describe: (row: number, column: number) => string;
  /** Shown in place of the description while no cell is pointed at. */
  readonly rest: ReactNode;
  readonly className: string;
  /** Told the cell that was clicked, or that Enter was pressed at. */
  readonly onPick?: (row: number, column: number) => void;
  /** Told the cell under the cursor, null when it leaves. */
  readonly onPoint?: (cell: Cell | null) => void;
  /** Drawn over the cells. */
  readonly children?: ReactNode;
}

export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** A matrix on canvas with a cursor for pointer and arrow keys; the cell under it is told in words. */
export function CellCanvas({ image, label, describe, rest, className, onPick, onPoint, children }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [cell, setOwnCell] = useState<Cell | null>(null);
  const setCell = (next: Cell | null): void => {
    // The pointer moves many times within a cell: only another cell is news.
    if (next?.row === cell?.row && next?.column === cell?.column) return;
    setOwnCell(next);
    onPoint?.(next);
  };
  useEffect(() => draw(canvas.current, image), [image]);
  const inside = cell !== null && cell.row < image.rows && cell.column < image.columns ? cell : null;
  return (
    <div className={`cells ${className}`}>
      <div
        className="cells-frame"
        role="application"
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move the cursor, hence the application role
        tabIndex={0}
        onKeyDown={(event) => {
          if (event.key === "Enter" && inside !== null) onPick?.(inside.row, inside.column);
          else onKey(event, image, inside, setCell);
        }}
        onClick={(event) => {
          const { row, column } = cellAt(event, image);
          onPick?.(row, column);
        }}
        onPointerMove={(event) => setCell(cellAt(event, image))}
        onPointerLeave={() => setCell(null)}
        onBlur={() => setCell(null)}
      >
        <canvas ref={canvas} />
        {children}
        {inside !== null && <span className="cells-cursor" style={cursorBox(inside, image)} />}
      </div>
      <p className="cells-readout" aria-live={inside === null ? "off" : "polite"}>
        {inside === null ? rest : describe(inside.row, inside.column)}
      </p>
    </div>
  );
}

function draw(canvas: HTMLCanvasElement | null, image: CellImage): void {
  if (canvas === null || image.rows === 0 || image.columns === 0) return;
  canvas.width = image.columns;
  canvas.height = image.rows;
  canvas.getContext("2d")?.putImageData(new ImageData(image.rgba, image.columns, image.rows), 0, 0);
}

function cellAt(event: MouseEvent<HTMLElement>, image: CellImage): Cell {
  const box = event.currentTarget.getBoundingClientRect();
  const index = (offset: number, size: number, cells: number): number =>
    Math.max(0, Math.min(cells - 1, Math.floor((offset / size) * cells)));
  return {
    row: index(event.clientY - box.top, box.height, image.rows),
    column: index(event.clientX - box.left, box.width, image.columns),
  };
}

const MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

function onKey(event: KeyboardEvent, image: CellImage, cell: Cell | null, set: (cell: Cell | null) => void): void {
  const move = MOVES[event.key];
  if (event.key === "Escape") set(null);
  if (move === undefined) return;
  event.preventDefault();
  const stride = event.shiftKey ? 10 : 1;
  const clamp = (value: number, cells: number): number => Math.max(0, Math.min(cells - 1, value));
  set(
    cell === null
      ? { row: 0, column: 0 }
      : {
          row: clamp(cell.row + stride * move[0], image.rows),
          column: clamp(cell.column + stride * move[1], image.columns),
        },
  );
}

function cursorBox({ row, column }: Cell, { rows, columns }: CellImage) {
  const share = (index: number, cells: number): string => `${(100 * index) / cells}%`;
  return { top: share(row, rows), left: share(column, columns), width: share(1, columns), height: share(1, rows) };
}
