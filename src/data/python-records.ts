import { ArchiveError } from "../base/errors";
import { IMAGE_BYTES } from "./dataset";
import { checkNames } from "./labels";
import { parsePickle } from "./pickle";
import { describeValue, type PickleDict, type PickleList } from "./pickle-values";
import type { LocatedExamples } from "./records";

/**
 * Examples of the pickle `train` or `test`: a dictionary with `data` [count, 3072], `fine_labels` and `coarse_labels`.
 * The images are a view of `bytes`. Throws ArchiveError for any other shape.
 */
export function parsePythonRecords(bytes: Uint8Array, file: string): LocatedExamples {
  const dict = rootDict(bytes, file);
  const images = imagesOf(dict, file);
  const count = images.length / IMAGE_BYTES;
  const fineList = listOf(dict, "fine_labels", file);
  const coarseList = listOf(dict, "coarse_labels", file);
  const fine = labelsOf(fineList, "fine_labels", count, file);
  const coarse = labelsOf(coarseList, "coarse_labels", count, file);
  const placeOf = (label: "fine" | "coarse", index: number): string =>
    `${label}_labels[${index}] (list at byte ${(label === "fine" ? fineList : coarseList).offset})`;
  return { examples: { count, images, fine, coarse }, file, placeOf };
}

/** Label names of the pickle `meta`. */
export function parsePythonNames(
  bytes: Uint8Array,
  file: string,
): { readonly classes: readonly string[]; readonly superclasses: readonly string[] } {
  const dict = rootDict(bytes, file);
  return { classes: namesOf(dict, "fine_label_names", file), superclasses: namesOf(dict, "coarse_label_names", file) };
}

function rootDict(bytes: Uint8Array, file: string): PickleDict {
  const value = parsePickle(bytes, file);
  if (typeof value === "object" && value?.kind === "dict") return value;
  throw fault(file, `the pickle holds ${describeValue(value)}, not a dictionary`);
}

function listOf(dict: PickleDict, key: string, file: string): PickleList {
  const value = dict.entries.get(key);
  if (typeof value === "object" && value?.kind === "list") return value;
  throw fault(file, `${key} is ${describeValue(value)}, not a list`);
}

function imagesOf(dict: PickleDict, file: string): Uint8Array {
  const value = dict.entries.get("data");
  if (typeof value !== "object" || value?.kind !== "array" || value.content === null) {
    throw fault(file, `data is ${describeValue(value)}, not an array of bytes`);
  }
  const { shape, bytes } = value.content;
  if (shape.length !== 2 || shape[1] !== IMAGE_BYTES || shape[0] === 0) {
    throw fault(file, `data has shape (${shape.join(", ")}), not (images, ${IMAGE_BYTES})`);
  }
  return bytes;
}

function labelsOf(list: PickleList, key: string, count: number, file: string): Uint8Array {
  if (list.items.length !== count) {
    throw fault(file, `${key} (list at byte ${list.offset}) has ${list.items.length} labels for ${count} images`);
  }
  return Uint8Array.from(list.items, (item, index) => {
    if (typeof item === "number" && Number.isInteger(item) && item >= 0 && item < 256) return item;
    throw fault(file, `${key}[${index}] (list at byte ${list.offset}) is ${describeValue(item)}, not a label of 0 to 255`);
  });
}

function namesOf(dict: PickleDict, key: string, file: string): readonly string[] {
  const list = listOf(dict, key, file);
  const names = list.items.map((item, index) => {
    const place = `${key}[${index}] (list at byte ${list.offset})`;
    if (typeof item === "object" && item?.kind === "bytes") return { bytes: item.bytes, place };
    if (typeof item === "object" && item?.kind === "text") return { bytes: item.utf8, place };
    throw fault(file, `${place} is ${describeValue(item)}, not a name`);
  });
  return checkNames(names, file);
}

function fault(file: string, what: string): ArchiveError {
  return new ArchiveError(
    `${file}: ${what}`,
    "Use the files train, test and meta of cifar-100-python.tar.gz, or of an archive of the same layout.",
  );
}
