import { concatBytes } from "../base/bytes";
import { crc32c } from "./crc32c";

const CHUNK_BYTES = 1 << 20;
/** Length and its checksum before the data, the checksum of the data after it. */
const FRAME_BYTES = 16;

/**
 * A TFRecord file: for each record its length as a 64-bit number, the masked CRC-32C of those eight bytes, the data and its masked CRC-32C, all
 * little-endian (tensorflow/core/lib/io/record_writer.h). Made in chunks, so that records of a long run are held once until they are joined.
 */
export class RecordFile {
  readonly #full: Uint8Array[] = [];
  #chunk = new Uint8Array(CHUNK_BYTES);
  #used = 0;

  /** Copies the data, of less than 4 GB. */
  add(data: Uint8Array): void {
    const length = data.length + FRAME_BYTES;
    if (this.#used + length > this.#chunk.length) this.#beginChunk(length);
    const record = this.#chunk.subarray(this.#used, this.#used + length);
    const view = new DataView(record.buffer, record.byteOffset, length);
    view.setUint32(0, data.length, true);
    view.setUint32(8, maskedCrc(record.subarray(0, 8)), true);
    record.set(data, 12);
    view.setUint32(12 + data.length, maskedCrc(data), true);
    this.#used += length;
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return concatBytes([...this.#full, this.#chunk.subarray(0, this.#used)]);
  }

  #beginChunk(least: number): void {
    this.#full.push(this.#chunk.subarray(0, this.#used));
    this.#chunk = new Uint8Array(Math.max(CHUNK_BYTES, least));
    this.#used = 0;
  }
}

/** Checksums of data that holds checksums are weak: they are rotated right by 15 bits and shifted by a constant. */
function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
