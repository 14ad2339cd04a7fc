import { useEffect, useRef, useState } from "react";
import type { DatasetView } from "../../protocol/views";
import type { Images } from "../../state/facts";
import { Select } from "../kit/controls";
import { Pending } from "../kit/section";
import { useSelected, useStudio } from "../kit/studio";
import { text } from "../text";

const COLUMNS = 12;
const SHOWN = 60;
const SIDE = 32;
const ALL = "all";

/** Training images of all classes or of one. */
export function ImageGrid({ dataset }: { readonly dataset: DatasetView }) {
  const { send } = useStudio();
  const images = useSelected((state) => state.facts.images);
  const [chosen, setChosen] = useState(ALL);
  const missing = images === null;
  useEffect(() => {
    if (missing) send({ kind: "loadImages", label: null, count: SHOWN });
  }, [send, missing]);
  const choose = (value: string): void => {
    setChosen(value);
    send({ kind: "loadImages", label: value === ALL ? null : Number(value), count: SHOWN });
  };
  const options = [
    { value: ALL, name: text.dataset.allClasses },
    ...dataset.classes.map((name, label) => ({ value: String(label), name })),
  ];
  return (
    <div className="image-grid">
      <Select inline label={text.dataset.imagesOf} value={chosen} options={options} onChange={choose} />
      {images === null ? (
        <Pending>{text.dataset.imagesPending}</Pending>
      ) : (
        <Thumbnails images={images} classes={dataset.classes} />
      )}
    </div>
  );
}

function Thumbnails({ images, classes }: { readonly images: Images; readonly classes: readonly string[] }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [hovered, setHovered] = useState<number | null>(null);
  const shown = images.labels.length;
  const columns = Math.max(1, Math.min(COLUMNS, shown));
  useEffect(() => drawThumbnails(canvas.current, images, columns), [images, columns]);
  const names = [...new Set(images.labels.map((label) => classes[label] ?? String(label)))];
  const rows = Math.max(1, Math.ceil(shown / columns));
  const label = hovered === null ? undefined : images.labels[hovered];
  return (
    <>
      <canvas
        ref={canvas}
        role="img"
        aria-label={`${text.dataset.images}: ${names.join(", ")}`}
        onPointerMove={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          const column = Math.floor(((event.clientX - box.left) / box.width) * columns);
          setHovered(Math.floor(((event.clientY - box.top) / box.height) * rows) * columns + column);
        }}
        onPointerLeave={() => setHovered(null)}
      />
      <p className="hint">{label === undefined ? text.dataset.images : classes[label]}</p>
    </>
  );
}

function drawThumbnails(canvas: HTMLCanvasElement | null, { labels, rgba }: Images, columns: number): void {
  const context = canvas?.getContext("2d");
  if (canvas === null || !context) return;
  canvas.width = columns * SIDE;
  canvas.height = Math.ceil(labels.length / columns) * SIDE;
  const bytes = SIDE * SIDE * 4;
  labels.forEach((_, index) => {
    const pixels = new Uint8ClampedArray(rgba.slice(index * bytes, (index + 1) * bytes));
    context.putImageData(new ImageData(pixels, SIDE, SIDE), (index % columns) * SIDE, Math.floor(index / columns) * SIDE);
  });
}
