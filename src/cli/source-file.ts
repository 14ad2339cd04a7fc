import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import { StorageError } from "../base/errors";
import type { SourceFile } from "../data/source";
import { fileError } from "./files";

/** Bytes read at a time: large enough that the disk, not the calls, sets the pace. */
const CHUNK_BYTES = 1 << 18;

/** A file on disk as the importer reads it, in chunks. Throws StorageError when it is missing or no file. */
export async function sourceFile(path: string): Promise<SourceFile> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path);
    const status = await handle.stat();
    if (!status.isFile()) throw new StorageError(`${path}: is not a file`, "Name an archive or loose record and label files.");
    return { name: basename(path), size: status.size, stream: () => streamOf(path) };
  } catch (error) {
    throw error instanceof StorageError ? error : fileError(path, error);
  } finally {
    await handle?.close();
  }
}

function streamOf(path: string): ReadableStream<Uint8Array> {
  let handle: FileHandle | undefined;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        handle ??= await open(path);
        const { bytesRead, buffer } = await handle.read(new Uint8Array(CHUNK_BYTES));
        if (bytesRead > 0) return controller.enqueue(buffer.subarray(0, bytesRead));
        await handle.close();
        controller.close();
      },
      cancel: () => handle?.close(),
    },
    { highWaterMark: 0 },
  );
}
