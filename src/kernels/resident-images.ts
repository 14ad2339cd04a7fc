import { DeviceError, ShapeError } from "../base/errors";
import type { BufferView, DeviceMemory } from "./device-memory";

/** Bytes of one 32 x 32 RGB image: 1,024 red, 1,024 green, 1,024 blue, each row-major. */
export const RESIDENT_IMAGE_BYTES = 3072;
/** Storage buffers of images that one kernel binds. */
export const MAX_IMAGE_CHUNKS = 4;
/** What may wait in the queue during an upload: a copy of a whole data set would double its memory. */
const UPLOAD_BYTES = 4096 * RESIDENT_IMAGE_BYTES;

/** Where images go and how they are named. */
export interface ImageUpload {
  /** What the images are, such as "training images". */
  readonly label: string;
  /** `count` images of 3,072 bytes each. */
  readonly images: Uint8Array;
  readonly count: number;
  /** Largest buffer, in bytes; the largest that the device binds where it is not given. */
  readonly bytesPerChunk?: number;
}

/** Images that stay on the device as bytes, so that a step sends none. */
export class ResidentImages {
  readonly count: number;
  /** Buffers of `imagesPerChunk` images each, the last one of what is left; at most MAX_IMAGE_CHUNKS. */
  readonly chunks: readonly BufferView[];
  readonly imagesPerChunk: number;
  readonly #memory: DeviceMemory;
  readonly #label: string;

  private constructor(memory: DeviceMemory, label: string, count: number, imagesPerChunk: number, chunks: readonly BufferView[]) {
    this.#memory = memory;
    this.#label = label;
    this.count = count;
    this.imagesPerChunk = imagesPerChunk;
    this.chunks = chunks;
  }

  /** Throws ShapeError where the bytes are not `count` images, DeviceError where the device cannot hold or bind them. */
  static async upload(memory: DeviceMemory, { label, images, count, bytesPerChunk }: ImageUpload): Promise<ResidentImages> {
    if (count < 1 || images.length !== count * RESIDENT_IMAGE_BYTES) {
      throw new ShapeError(`${label}: ${images.length} bytes are not ${count} images`, "Import the data set again.");
    }
    const imagesPerChunk = Math.min(count, chunkSize(memory, label, count, bytesPerChunk));
    const chunks: BufferView[] = [];
    for (let first = 0; first < count; first += imagesPerChunk) {
      const bytes = images.subarray(first * RESIDENT_IMAGE_BYTES, (first + imagesPerChunk) * RESIDENT_IMAGE_BYTES);
      const chunk = memory.allocate(`${label} from ${first}`, bytes.length);
      chunks.push(chunk);
      await fill(memory.device.queue, chunk.buffer, bytes);
    }
    return new ResidentImages(memory, label, count, imagesPerChunk, chunks);
  }

  /** Labels beside the images: for image i the column of its class in the logits. Throws ShapeError unless there is one an image. */
  uploadLabels(columns: Uint32Array): BufferView {
    if (columns.length !== this.count) {
      throw new ShapeError(`${this.#label}: ${columns.length} labels for ${this.count} images`, "Import the data set again.");
    }
    return this.#memory.upload(`labels of ${this.#label}`, columns);
  }

  dispose(): void {
    for (const chunk of this.chunks) this.#memory.release(chunk);
  }
}

/** Images a buffer holds. */
function chunkSize(memory: DeviceMemory, label: string, count: number, bytesPerChunk: number | undefined): number {
  const { maxStorageBufferBindingSize, maxBufferSize } = memory.device.limits;
  const limit = Math.min(bytesPerChunk ?? maxStorageBufferBindingSize, maxStorageBufferBindingSize, maxBufferSize);
  const images = Math.floor(limit / RESIDENT_IMAGE_BYTES);
  if (images * MAX_IMAGE_CHUNKS < count) {
    throw new DeviceError(
      `${label}: ${count} images do not fit into ${MAX_IMAGE_CHUNKS} buffers of ${limit} bytes, the most this device binds`,
      "Use a data set of fewer images, or a device with larger buffers.",
    );
  }
  return images;
}

async function fill(queue: GPUQueue, buffer: GPUBuffer, bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.length; offset += UPLOAD_BYTES) {
    queue.writeBuffer(buffer, offset, bytes, offset, Math.min(UPLOAD_BYTES, bytes.length - offset));
    // A write keeps a copy of its bytes until the queue has taken it, and only a submit makes the queue move.
    queue.submit([]);
    await queue.onSubmittedWorkDone();
  }
}
