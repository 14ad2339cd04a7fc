import { Gunzip } from "fflate";
import { concatBytes } from "../base/bytes";
import { ArchiveError } from "../base/errors";
import { DAMAGED_CURE } from "./byte-reader";
import { crc32 } from "./crc32";
import { inBlocks } from "./source";

/** Deflate expands at most 1,032-fold, so a block of this size never unpacks to more than some 16 MiB at once. */
const BLOCK_BYTES = 1 << 14;
/** fflate makes room for a whole block anew at every member, and members can be 20 bytes. */
const MEMBERS_BLOCK_BYTES = 1 << 12;
export const LARGEST_EXPANSION = 1032;

/** Whether these first bytes start a gzip member: magic, method deflate, no reserved flag (RFC 1952 section 2.3). */
export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b && head[2] === 8 && (head[3] ?? 0xff) < 0x20;
}

/** The platform's decompressor gave up: the file is damaged, has several members, or something follows its end. */
export class DecompressorRefused extends Error {}

/**
 * Unpacks one gzip member with the platform's decompressor. Platforms differ in what they accept after the first member and in how
 * they say so; all of that is DecompressorRefused, and `gunzipMembers` decides.
 */
export async function* gunzip(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  const { readable, writable } = new DecompressionStream("gzip");
  const feeding = feed(chunks, writable.getWriter());
  const reader = readable.getReader();
  try {
    for (;;) {
      const next = await reader.read().catch(async (cause: unknown) => {
        const source = await feeding;
        throw source.failed ? source.error : new DecompressorRefused("the decompressor refused the data", { cause });
      });
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
    await feeding;
  }
}

type Fed = { readonly failed: false } | { readonly failed: true; readonly error: unknown };

/** Writes block after block, waiting for the decompressor; a failure of the source is returned, one of the decompressor is not. */
async function feed(chunks: AsyncIterable<Uint8Array>, writer: WritableStreamDefaultWriter<BufferSource>): Promise<Fed> {
  const blocks = inBlocks(chunks, BLOCK_BYTES);
  try {
    for (;;) {
      const next = await blocks.next().catch(async (error: unknown) => {
        await writer.abort(error).catch(() => undefined);
        throw new SourceFailed("the source failed", { cause: error });
      });
      if (next.done === true) break;
      await writer.write(next.value);
    }
    await writer.close();
    return { failed: false };
  } catch (error) {
    return error instanceof SourceFailed ? { failed: true, error: error.cause } : { failed: false };
  } finally {
    await blocks.return().catch(() => undefined);
  }
}

class SourceFailed extends Error {}

/**
 * Unpacks any number of gzip members and ignores what follows the last one; slower, and the same on every platform.
 * Throws ArchiveError where the data is damaged or its checksum is wrong.
 */
export async function* gunzipMembers(chunks: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<Uint8Array, void, void> {
  const unpacked: Uint8Array[] = [];
  const member = new MemberCheck(file);
  const decoder = new Gunzip((data) => {
    member.add(data);
    unpacked.push(data);
  });
  decoder.onmember = (next) => member.finish(next);
  for await (const block of inBlocks(chunks, MEMBERS_BLOCK_BYTES)) {
    member.see(block);
    const more = push(decoder, block, member);
    yield* unpacked.splice(0);
    if (!more) return;
  }
  push(decoder, new Uint8Array(0), member);
  yield* unpacked.splice(0);
  member.finish();
}

/** fflate's code for bytes that start no gzip member. */
const NO_MEMBER = 6;

/** False where the data ended properly and something else follows. */
function push(decoder: Gunzip, block: Uint8Array, member: MemberCheck): boolean {
  try {
    decoder.push(block, block.length === 0);
    return true;
  } catch (error) {
    if (error instanceof ArchiveError) throw error;
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code !== NO_MEMBER) throw member.damaged(error);
    member.finish();
    return false;
  }
}

/** Compares length and CRC-32 of a member's content with the eight bytes that follow its compressed data. */
class MemberCheck {
  readonly #file: string;
  #crc = 0;
  #length = 0;
  #seen = 0;
  #previous = new Uint8Array(0);
  #current = new Uint8Array(0);

  constructor(file: string) {
    this.#file = file;
  }

  see(block: Uint8Array<ArrayBuffer>): void {
    this.#seen += block.length;
    this.#previous = this.#current;
    this.#current = block;
  }

  add(data: Uint8Array): void {
    this.#crc = crc32(data, this.#crc);
    this.#length = (this.#length + data.length) >>> 0;
  }

  /**
   * The trailer stands before the next member, where there is one. Of the last member fflate does not say where it lies, only that it
   * has passed it: it lies in the last two blocks, and eight given bytes are not there by chance.
   */
  finish(next: number | null = null): void {
    const trailer = new Uint8Array(8);
    const view = new DataView(trailer.buffer);
    view.setUint32(0, this.#crc, true);
    view.setUint32(4, this.#length, true);
    const found =
      next === null
        ? contains(concatBytes([this.#previous, this.#current]), trailer)
        : trailer.every((byte, index) => this.#byteAt(next - trailer.length + index) === byte);
    if (!found) throw this.damaged(null);
    this.#crc = 0;
    this.#length = 0;
  }

  /** A byte of the last two blocks by its place in the file. */
  #byteAt(offset: number): number | undefined {
    const at = offset - this.#seen + this.#current.length;
    return at < 0 ? this.#previous[this.#previous.length + at] : this.#current[at];
  }

  damaged(cause: unknown): ArchiveError {
    const from = Math.max(0, this.#seen - this.#previous.length - this.#current.length);
    return new ArchiveError(
      `${this.#file}: the compressed data is damaged or cut off, noticed between bytes ${from} and ${this.#seen}`,
      DAMAGED_CURE,
      { cause },
    );
  }
}

function contains(bytes: Uint8Array, pattern: Uint8Array): boolean {
  for (let at = bytes.indexOf(pattern[0]!); at >= 0; at = bytes.indexOf(pattern[0]!, at + 1)) {
    if (at + pattern.length <= bytes.length && pattern.every((byte, i) => bytes[at + i] === byte)) return true;
  }
  return false;
}
