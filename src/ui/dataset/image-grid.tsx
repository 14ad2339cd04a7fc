import { useEffect } from "react";
import type { DatasetView } from "../../protocol/views";
import type { Images } from "../../state/facts";
import { Select } from "../kit/controls";
import { Pending } from "../kit/section";
import { useSelected, useStudio } from "../kit/studio";
import { Thumbnails } from "../kit/thumbnails";
import { useViewed } from "../kit/view";
import { text } from "../text";

const SHOWN = 60;
const ALL = "all";

/** Training images of all classes or of one. */
export function ImageGrid({ dataset }: { readonly dataset: DatasetView }) {
  const { send } = useStudio();
  const images = useSelected((state) => state.facts.images);
  const [viewed, look] = useViewed("images");
  const label = dataset.classes.findIndex((_, index) => String(index) === viewed);
  const missing = images === null;
  useEffect(() => {
    if (missing) send({ kind: "loadImages", label: label < 0 ? null : label, count: SHOWN });
  }, [send, missing, label]);
  const choose = (value: string): void => {
    look(value === ALL ? null : value);
    send({ kind: "loadImages", label: value === ALL ? null : Number(value), count: SHOWN });
  };
  const options = [
    { value: ALL, name: text.dataset.allClasses },
    ...dataset.classes.map((name, label) => ({ value: String(label), name })),
  ];
  return (
    <div className="image-grid">
      <Select inline label={text.dataset.imagesOf} value={label < 0 ? ALL : String(label)} options={options} onChange={choose} />
      {images === null ? <Pending>{text.dataset.imagesPending}</Pending> : <Grid images={images} classes={dataset.classes} />}
    </div>
  );
}

function Grid({ images, classes }: { readonly images: Images; readonly classes: readonly string[] }) {
  const names = [...new Set(images.labels.map((label) => classes[label] ?? String(label)))];
  return (
    <Thumbnails
      rgba={images.rgba}
      count={images.labels.length}
      label={`${text.dataset.images}: ${names.join(", ")}`}
      describe={(index) => (index === null ? text.dataset.images : (classes[images.labels[index]!] ?? ""))}
    />
  );
}
