import { ArchiveError } from "../base/errors";

const EMPTY = new Uint8Array(0);

export const DAMAGED_CURE = "The file is incomplete or damaged: download it again and compare its checksum.";

/** Reads exact counts of bytes from a stream of chunks, asking for the next chunk only when it is needed. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #file: string;
  #rest: Uint8Array = EMPTY;
  #offset = 0;
  #observer: ((bytes: Uint8Array) => void) | null = null;

  constructor(chunks: AsyncIterable<Uint8Array>, file: string) {
    this.#chunks = chunks[Symbol.asyncIterator]();
    this.#file = file;
  }

  /** Bytes delivered or skipped so far. */
  get offset(): number {
    return this.#offset;
  }

  /** Sees every byte delivered from now on; null ends it. */
  observe(observer: ((bytes: Uint8Array) => void) | null): void {
    this.#observer = observer;
  }

  async atEnd(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next.done === true) return true;
      this.#rest = next.value;
    }
    return false;
  }

  /** Fills `target`; throws ArchiveError where the file ends before. */
  async readInto(target: Uint8Array, what: string): Promise<void> {
    for (let filled = 0; filled < target.length; ) {
      const part = await this.#take(target.length - filled, what);
      target.set(part, filled);
      filled += part.length;
    }
  }

  /** The next `size` bytes; room for them is made as they come. */
  async readWhole(size: number, what: string): Promise<Uint8Array> {
    let bytes = new Uint8Array(0);
    for (let filled = 0; filled < size; ) {
      const end = Math.min(size, filled + FIRST_ROOM_BYTES);
      bytes = withRoom(bytes, end, size, what);
      await this.readInto(bytes.subarray(filled, end), what);
      filled = end;
    }
    return bytes;
  }

  async skip(count: number, what: string): Promise<void> {
    for (let left = count; left > 0; ) left -= (await this.#take(left, what)).length;
  }

  /** Reads to the end, so that whatever checks the stream (a checksum) gets to see all of it; that is at most `limit` bytes away. */
  async drain(limit: number): Promise<void> {
    const start = this.#offset;
    while (!(await this.atEnd())) {
      await this.#take(this.#rest.length, "the rest");
      if (this.#offset - start > limit) throw tooLarge(this.#file, start + limit);
    }
  }

  /** Lets go of the source, wherever reading stopped. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  /** At least one and at most `limit` bytes. */
  async #take(limit: number, what: string): Promise<Uint8Array> {
    if (await this.atEnd()) {
      throw new ArchiveError(
        `${this.#file}: ends at byte ${this.#offset}, at least ${limit} bytes short of ${what}`,
        DAMAGED_CURE,
      );
    }
    const part = this.#rest.subarray(0, limit);
    this.#rest = this.#rest.subarray(part.length);
    this.#offset += part.length;
    this.#observer?.(part);
    return part;
  }
}

export function tooLarge(file: string, limit: number): ArchiveError {
  return new ArchiveError(
    `${file}: unpacks to more than ${limit} bytes`,
    "This is not an archive of the CIFAR-100 layout: choose cifar-100-binary.tar.gz or cifar-100-python.tar.gz.",
  );
}

/** What is claimed gets this much room at once; more only once as much has been read. */
const FIRST_ROOM_BYTES = 1 << 24;

/**
 * `bytes`, or a longer copy where fewer than `needed` fit: at least twice as long, at most `total`. A claimed size thus costs no memory
 * before its bytes are there. Throws ArchiveError where the machine has no room.
 */
export function withRoom(bytes: Uint8Array<ArrayBuffer>, needed: number, total: number, file: string): Uint8Array<ArrayBuffer> {
  if (bytes.length >= needed) return bytes;
  const longer = allocate(Math.min(total, Math.max(needed, 2 * bytes.length, FIRST_ROOM_BYTES)), file);
  longer.set(bytes);
  return longer;
}

function allocate(bytes: number, file: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(bytes);
  } catch (cause) {
    throw new ArchiveError(`${file}: ${bytes} bytes do not fit in memory`, "Close other tabs or use a smaller archive.", {
      cause,
    });
  }
}
