import { ArchiveError } from "../base/errors";
import { type ByteReader, withRoom } from "./byte-reader";
import { IMAGE_BYTES } from "./dataset";
import type { LocatedExamples } from "./records";

/** One record: a byte of coarse label, a byte of fine label, the image. */
export const RECORD_BYTES = 2 + IMAGE_BYTES;
const BLOCK_RECORDS = 256;

/**
 * Reads `size` bytes of records into labels and images as they stream by.
 * Throws ArchiveError where the length is not a whole number of records or the file ends early.
 */
export async function readBinaryRecords(reader: ByteReader, size: number, file: string): Promise<LocatedExamples> {
  const count = Math.floor(size / RECORD_BYTES);
  if (count === 0 || size !== count * RECORD_BYTES) {
    throw new ArchiveError(
      `${file}: ${size} bytes are not a whole number of records of ${RECORD_BYTES} bytes: byte ${count * RECORD_BYTES} begins none`,
      "The file is cut off, or its records have another layout: each has one coarse label, one fine label and 3,072 bytes of image.",
    );
  }
  let images = new Uint8Array(0);
  const fine = new Uint8Array(count);
  const coarse = new Uint8Array(count);
  const block = new Uint8Array(Math.min(count, BLOCK_RECORDS) * RECORD_BYTES);
  for (let first = 0; first < count; first += BLOCK_RECORDS) {
    const records = block.subarray(0, Math.min(BLOCK_RECORDS, count - first) * RECORD_BYTES);
    await reader.readInto(records, file);
    images = withRoom(images, (first + records.length / RECORD_BYTES) * IMAGE_BYTES, count * IMAGE_BYTES, file);
    for (let at = 0, index = first; at < records.length; at += RECORD_BYTES, index++) {
      coarse[index] = records[at]!;
      fine[index] = records[at + 1]!;
      images.set(records.subarray(at + 2, at + RECORD_BYTES), index * IMAGE_BYTES);
    }
  }
  const placeOf = (label: "fine" | "coarse", index: number): string =>
    `byte ${index * RECORD_BYTES + (label === "fine" ? 1 : 0)}`;
  return { examples: { count, images, fine, coarse }, file, placeOf };
}
