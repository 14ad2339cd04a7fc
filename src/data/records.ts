import { ArchiveError } from "../base/errors";
import type { Examples } from "./dataset";

/** Examples with a way to say where in which file a label stands. */
export interface LocatedExamples {
  readonly examples: Examples;
  readonly file: string;
  /** For example "byte 3074" or "fine_labels[1] (list at byte 90)". */
  readonly placeOf: (label: "fine" | "coarse", index: number) => string;
}

/** Throws ArchiveError at the first label that has no name. */
export function checkLabels(located: LocatedExamples, label: "fine" | "coarse", names: readonly string[]): void {
  const labels = located.examples[label];
  const index = labels.findIndex((value) => value >= names.length);
  if (index < 0) return;
  throw new ArchiveError(
    `${located.file}: ${located.placeOf(label, index)}: ${label} label ${labels[index]} of record ${index}, but there are only ${names.length} ${label} label names`,
    "The label names belong to another data set, or the file is damaged: use files of one archive.",
  );
}
