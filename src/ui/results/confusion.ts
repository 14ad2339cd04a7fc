import type { ClassGroups } from "../../state/assignment";
import type { CellImage } from "../kit/cell-canvas";
import type { Rgb } from "../kit/palette";

const MISTAKE: Rgb = [213, 94, 0];
const RIGHT: Rgb = [0, 114, 178];

/** Confusion counts [truth, predicted] of all classes, row-major. */
export type Confusion = readonly number[];

/** The rows and columns of those classes; opacity is logarithmic in the count, on one scale for every part of a matrix. */
export function confusionImage(confusion: Confusion, truths: readonly number[], predictions: readonly number[]): CellImage {
  const classes = Math.round(Math.sqrt(confusion.length));
  const scale = 255 / Math.log1p(Math.max(1, ...confusion));
  const rgba = new Uint8ClampedArray(truths.length * predictions.length * 4);
  truths.forEach((truth, row) => {
    predictions.forEach((predicted, column) => {
      const images = confusion[truth * classes + predicted] ?? 0;
      const colour = truth === predicted ? RIGHT : MISTAKE;
      rgba.set([...colour, Math.round(Math.log1p(images) * scale)], (row * predictions.length + column) * 4);
    });
  });
  return { rows: truths.length, columns: predictions.length, rgba };
}

/** Stretches of neighbours that are all true. */
export function runsOf(flags: readonly boolean[]): { readonly start: number; readonly length: number }[] {
  return flags.flatMap((flag, start) => {
    if (!flag || flags[start - 1] === true) return [];
    const end = flags.indexOf(false, start);
    return [{ start, length: (end < 0 ? flags.length : end) - start }];
  });
}

/** Images of a group, and its mistakes: those taken for a class of their own group, and for one of another. */
export interface GroupErrors {
  readonly images: number;
  readonly within: number;
  readonly between: number;
}

/** By group of the truth. */
export function errorsByGroup(confusion: Confusion, { groups, groupOf }: ClassGroups): GroupErrors[] {
  const classes = groupOf.length;
  const errors = Array.from({ length: groups }, () => ({ images: 0, within: 0, between: 0 }));
  confusion.forEach((images, index) => {
    const [truth, predicted] = [Math.floor(index / classes), index % classes];
    const own = errors[groupOf[truth]!]!;
    own.images += images;
    if (truth === predicted) return;
    if (groupOf[truth] === groupOf[predicted]) own.within += images;
    else own.between += images;
  });
  return errors;
}

/** All groups together. */
export function totalErrors(errors: readonly GroupErrors[]): GroupErrors {
  const sum = (key: keyof GroupErrors): number => errors.reduce((total, group) => total + group[key], 0);
  return { images: sum("images"), within: sum("within"), between: sum("between") };
}

/** Images of class `truth` taken for class `predicted`. */
export interface ConfusedPair {
  readonly truth: number;
  readonly predicted: number;
  readonly images: number;
}

/** The `most` pairs of classes that are confused most, among those classes; ties by truth, then by prediction. */
export function confusedPairs(confusion: Confusion, labels: readonly number[], most: number): ConfusedPair[] {
  const classes = Math.sqrt(confusion.length);
  const pairs = labels.flatMap((truth) =>
    labels.flatMap((predicted) => {
      const images = confusion[truth * classes + predicted] ?? 0;
      return truth !== predicted && images > 0 ? [{ truth, predicted, images }] : [];
    }),
  );
  pairs.sort((a, b) => b.images - a.images || a.truth - b.truth || a.predicted - b.predicted);
  return pairs.slice(0, most);
}
