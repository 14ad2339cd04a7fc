import { type ReactNode, useEffect, useRef, useState } from "react";
import { type Cell, cellAt, cellBox, keyAction, type Matrix, stretchBox } from "./cell-cursor";

/** A matrix as pixels: one pixel a cell, RGBA, row by row. */
export interface CellImage extends Matrix {
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

/** What can be done with a matrix of which a stretch is drawn. */
export interface CellZoom {
  /** A stretch was dragged over, corner to corner. */
  readonly onStretch: (from: Cell, to: Cell) => void;
  /** + and - were pressed, at the cursor if there is one; 0 for the whole. */
  readonly onZoom: (by: "in" | "out" | "whole", at: Cell | null) => void;
  /** An arrow key was pressed at the edge: so many cells beyond it. */
  readonly onBeyond: (rows: number, columns: number) => void;
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
  readonly zoom?: CellZoom;
  /** The cell that something else on the page is about. */
  readonly chosen?: Cell | null;
  /** Drawn over the cells. */
  readonly children?: ReactNode;
}

/** A matrix on canvas with a cursor for pointer and arrow keys; the cell under it is told in words. */
export function CellCanvas({ image, label, describe, rest, className, onPick, onPoint, zoom, chosen = null, children }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [cell, setOwnCell] = useState<Cell | null>(null);
  const setCell = (next: Cell | null): void => {
    // The pointer moves many times within a cell: only another cell is news.
    if (next?.row === cell?.row && next?.column === cell?.column) return;
    setOwnCell(next);
    onPoint?.(next);
  };
  const [dragFrom, setDragFrom] = useState<Cell | null>(null);
  // The click that ends a drag picks no cell.
  const dragged = useRef(false);
  useEffect(() => draw(canvas.current, image), [image]);
  const inside = cell !== null && cell.row < image.rows && cell.column < image.columns ? cell : null;
  const endDrag = (to: Cell | null): void => {
    dragged.current = dragFrom !== null && to !== null && (dragFrom.row !== to.row || dragFrom.column !== to.column);
    if (dragged.current && dragFrom !== null && to !== null) zoom?.onStretch(dragFrom, to);
    setDragFrom(null);
  };
  return (
    <div className={`cells ${className}`}>
      <div
        className="cells-frame"
        role="application"
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move the cursor, hence the application role
        tabIndex={0}
        onKeyDown={(event) => {
          if (event.ctrlKey || event.metaKey || event.altKey) return;
          const action = keyAction(event.key, event.shiftKey, inside, image);
          if (action === null) return;
          if (action.kind === "pick") {
            if (inside !== null) onPick?.(inside.row, inside.column);
          } else if (action.kind === "zoom") {
            zoom?.onZoom(action.by, inside);
          } else {
            event.preventDefault();
            setCell(action.cell);
            if (action.rows !== 0 || action.columns !== 0) zoom?.onBeyond(action.rows, action.columns);
          }
        }}
        onClick={(event) => {
          const { row, column } = cellAt(event, image);
          if (!dragged.current) onPick?.(row, column);
          dragged.current = false;
        }}
        onPointerDown={(event) => {
          if (zoom !== undefined && event.button === 0) setDragFrom(cellAt(event, image));
        }}
        onPointerUp={(event) => endDrag(cellAt(event, image))}
        onPointerMove={(event) => setCell(cellAt(event, image))}
        onPointerCancel={() => endDrag(null)}
        onPointerLeave={() => {
          endDrag(null);
          setCell(null);
        }}
        onBlur={() => setCell(null)}
      >
        <canvas ref={canvas} />
        {children}
        {chosen !== null && <span className="cells-chosen" style={cellBox(chosen, image)} />}
        {inside !== null && <span className="cells-cursor" style={stretchBox(dragFrom ?? inside, inside, image)} />}
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
