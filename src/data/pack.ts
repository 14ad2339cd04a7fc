import { concatBytes } from "../base/bytes";
import { StorageError } from "../base/errors";
import { type Dataset, type DatasetSummary, type Examples, IMAGE_BYTES } from "./dataset";

/** The bytes of a data set for storage: images, fine and coarse labels of the training part, then of the test part. */
export function packDataset({ train, test }: Dataset): Uint8Array<ArrayBuffer> {
  return concatBytes([train, test].flatMap(({ images, fine, coarse }) => [images, fine, coarse]));
}

/** The data set again, as views of `bytes`; throws StorageError where they do not fit the summary. */
export function unpackDataset(bytes: Uint8Array, summary: DatasetSummary): Dataset {
  const { trainCount, testCount, classes, superclasses } = summary;
  const expected = (trainCount + testCount) * (IMAGE_BYTES + 2);
  if (bytes.length !== expected) {
    throw new StorageError(
      `the stored data set has ${bytes.length} bytes, its ${trainCount + testCount} images need ${expected}`,
      "Import the archive again.",
    );
  }
  const train = examplesAt(bytes, 0, trainCount);
  const test = examplesAt(bytes, trainCount * (IMAGE_BYTES + 2), testCount);
  for (const part of [train, test]) {
    checkRange(part.fine, classes.length, "class");
    checkRange(part.coarse, superclasses.length, "superclass");
  }
  return { train, test, classes, superclasses };
}

function examplesAt(bytes: Uint8Array, start: number, count: number): Examples {
  const fineAt = start + count * IMAGE_BYTES;
  return {
    count,
    images: bytes.subarray(start, fineAt),
    fine: bytes.subarray(fineAt, fineAt + count),
    coarse: bytes.subarray(fineAt + count, fineAt + 2 * count),
  };
}

function checkRange(labels: Uint8Array, size: number, what: string): void {
  const index = labels.findIndex((label) => label >= size);
  if (index < 0) return;
  throw new StorageError(`the stored ${what} of record ${index} is ${labels[index]} of ${size}`, "Import the archive again.");
}
