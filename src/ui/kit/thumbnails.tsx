import { useEffect, useRef, useState } from "react";

const COLUMNS = 12;
/** Pixels of a thumbnail along either side. */
export const IMAGE_SIDE = 32;
const RGBA_BYTES = IMAGE_SIDE * IMAGE_SIDE * 4;

interface Props {
  /** 32 x 32 each, side by side: 4,096 bytes an image. */
  readonly rgba: Uint8ClampedArray;
  readonly count: number;
  /** What is seen, in words. */
  readonly label: string;
  /** What stands below: of the image pointed at, or of all for null. */
  readonly describe: (index: number | null) => string;
}

/** Small images in rows of twelve. */
export function Thumbnails({ rgba, count, label, describe }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [hovered, setHovered] = useState<number | null>(null);
  const columns = Math.max(1, Math.min(COLUMNS, count));
  const rows = Math.max(1, Math.ceil(count / columns));
  useEffect(() => drawImages(canvas.current, { rgba, first: 0, count, columns }), [rgba, count, columns]);
  return (
    <>
      <canvas
        ref={canvas}
        className="thumbnails"
        style={{ width: `${(100 * columns) / COLUMNS}%` }}
        role="img"
        aria-label={label}
        onPointerMove={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          const column = Math.floor(((event.clientX - box.left) / box.width) * columns);
          const index = Math.floor(((event.clientY - box.top) / box.height) * rows) * columns + column;
          setHovered(index < count ? index : null);
        }}
        onPointerLeave={() => setHovered(null)}
      />
      <p className="hint">{describe(hovered)}</p>
    </>
  );
}

interface Drawing {
  readonly rgba: Uint8ClampedArray;
  /** Index of the first image to draw, and how many. */
  readonly first: number;
  readonly count: number;
  readonly columns: number;
}

/** Draws images in rows, one pixel a pixel; the canvas takes their size. */
export function drawImages(canvas: HTMLCanvasElement | null, { rgba, first, count, columns }: Drawing): void {
  const context = canvas?.getContext("2d");
  if (canvas === null || !context) return;
  canvas.width = columns * IMAGE_SIDE;
  canvas.height = Math.ceil(count / columns) * IMAGE_SIDE;
  for (let index = 0; index < count; index++) {
    const [x, y] = [(index % columns) * IMAGE_SIDE, Math.floor(index / columns) * IMAGE_SIDE];
    context.putImageData(imageOf(rgba, first + index), x, y);
  }
}

/** Image `index` of those side by side. */
export function imageOf(rgba: Uint8ClampedArray, index: number): ImageData {
  const pixels = new Uint8ClampedArray(rgba.slice(index * RGBA_BYTES, (index + 1) * RGBA_BYTES));
  return new ImageData(pixels, IMAGE_SIDE, IMAGE_SIDE);
}
