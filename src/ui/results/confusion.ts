import type { ClassGroups } from "../../state/assignment";
import type { CellImage } from "../kit/cell-canvas";
import type { Rgb } from "../kit/palette";

const MISTAKE: Rgb = [213, 94, 0];
const RIGHT: Rgb = [0, 114, 178];

/** Confusion counts [truth, predicted] with rows and columns in `order`, which may leave classes out; opacity is logarithmic in the count. */
export function confusionImage(confusion: readonly number[], order: readonly number[]): CellImage {
  const classes = Math.round(Math.sqrt(confusion.length));
  const shown = order.length;
  const scale = 255 / Math.log1p(Math.max(1, ...confusion));
  const rgba = new Uint8ClampedArray(shown * shown * 4);
  order.forEach((truth, row) => {
    order.forEach((predicted, column) => {
      const images = confusion[truth * classes + predicted] ?? 0;
      const colour = truth === predicted ? RIGHT : MISTAKE;
      rgba.set([...colour, Math.round(Math.log1p(images) * scale)], (row * shown + column) * 4);
    });
  });
  return { rows: shown, columns: shown, rgba };
}

/** Share of the mistakes whose prediction is in the group of the truth; null without mistakes. */
export function mistakesWithinGroup(confusion: readonly number[], { groupOf }: ClassGroups): number | null {
  const classes = groupOf.length;
  let mistakes = 0;
  let within = 0;
  confusion.forEach((images, index) => {
    const [truth, predicted] = [Math.floor(index / classes), index % classes];
    if (truth === predicted) return;
    mistakes += images;
    if (groupOf[truth] === groupOf[predicted]) within += images;
  });
  return mistakes === 0 ? null : within / mistakes;
}

/** Stretches of neighbours that are all true. */
export function runsOf(flags: readonly boolean[]): { readonly start: number; readonly length: number }[] {
  return flags.flatMap((flag, start) => {
    if (!flag || flags[start - 1] === true) return [];
    const end = flags.indexOf(false, start);
    return [{ start, length: (end < 0 ? flags.length : end) - start }];
  });
}
