/** A file a person chose. `stream` starts anew at each call, as `File.stream` does. */
export interface SourceFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  stream(): ReadableStream<Uint8Array>;
}

/** Bytes of the chosen file (not of its unpacked content) read so far; the total is null where it is not known. */
export interface ImportProgress {
  readonly file: string;
  readonly bytesDone: number;
  readonly bytesTotal: number | null;
}

export type OnImportProgress = (progress: ImportProgress) => void;

const REPORT_EVERY_BYTES = 1 << 20;

/** The bytes of a file as they arrive, one chunk asked for at a time; throws the signal's reason once aborted. */
export async function* readChunks(
  file: SourceFile,
  onProgress: OnImportProgress,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  const reader = file.stream().getReader();
  const bytesTotal = Number.isFinite(file.size) && file.size >= 0 ? file.size : null;
  const report = (bytesDone: number): void => onProgress({ file: file.name, bytesDone, bytesTotal });
  let done = 0;
  let reported = 0;
  report(0);
  try {
    for (;;) {
      signal?.throwIfAborted();
      const next = await reader.read();
      if (next.done) break;
      yield next.value;
      done += next.value.length;
      if (done - reported >= REPORT_EVERY_BYTES) {
        report(done);
        reported = done;
      }
    }
    if (done !== reported) report(done);
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** The first `count` bytes of a file, fewer where it is shorter. */
export async function firstBytes(file: SourceFile, count: number): Promise<Uint8Array> {
  const head = new Uint8Array(count);
  let filled = 0;
  const chunks = readChunks(file, () => undefined);
  for await (const chunk of chunks) {
    const part = chunk.subarray(0, count - filled);
    head.set(part, filled);
    filled += part.length;
    if (filled === count) break;
  }
  return head.subarray(0, filled);
}

/** The same bytes in blocks of exactly `blockBytes` (the last one may be shorter); every block is an own copy. */
export async function* inBlocks(
  chunks: AsyncIterable<Uint8Array>,
  blockBytes: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
  let block = new Uint8Array(blockBytes);
  let filled = 0;
  for await (const chunk of chunks) {
    for (let from = 0; from < chunk.length; ) {
      const part = chunk.subarray(from, from + blockBytes - filled);
      block.set(part, filled);
      filled += part.length;
      from += part.length;
      if (filled < blockBytes) continue;
      yield block;
      block = new Uint8Array(blockBytes);
      filled = 0;
    }
  }
  if (filled > 0) yield block.subarray(0, filled);
}
