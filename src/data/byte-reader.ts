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

  async skip(count: number, what: string): Promise<void> {
    for (let left = count; left > 0; ) left -= (await this.#take(left, what)).length;
  }

  /** Reads to the end, so that whatever checks the stream (a checksum) gets to see all of it. */
  async drain(limit: number): Promise<void> {
    while (!(await this.atEnd())) {
      await this.#take(this.#rest.length, "the rest");
      if (this.#offset > limit) throw tooLarge(this.#file, limit);
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

/** Room for `bytes` bytes; throws ArchiveError where the machine has none. */
export function allocate(bytes: number, file: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(bytes);
  } catch (cause) {
    throw new ArchiveError(`${file}: ${bytes} bytes do not fit in memory`, "Close other tabs or use a smaller archive.", {
      cause,
    });
  }
}
