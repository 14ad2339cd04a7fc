import { useEffect, useRef } from "react";
import { useSelected, useStudio } from "./studio";
import { IMAGE_SIDE, imageOf } from "./thumbnails";

/** Asks once for an image of every class, as soon as there is a run whose classes can be shown. */
export function ClassImages() {
  const { send } = useStudio();
  const missing = useSelected(
    ({ facts }) => facts.classImages === null && facts.open !== null && facts.dataset.kind === "stored",
  );
  useEffect(() => {
    if (missing) send({ kind: "loadClassImages" });
  }, [send, missing]);
  return null;
}

/** The image of a class of the run looked at; nothing where there is none, or where the data set is not that of the run. */
export function ClassImage({ label }: { readonly label: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const images = useSelected(({ facts }) =>
    facts.dataset.kind === "stored" && facts.dataset.dataset.id === facts.open?.record.datasetId ? facts.classImages : null,
  );
  const index = images?.labels.indexOf(label) ?? -1;
  useEffect(() => {
    if (images !== null && index >= 0) canvas.current?.getContext("2d")?.putImageData(imageOf(images.rgba, index), 0, 0);
  }, [images, index]);
  if (index < 0) return null;
  return <canvas ref={canvas} className="class-image" width={IMAGE_SIDE} height={IMAGE_SIDE} />;
}
