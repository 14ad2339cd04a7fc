import { ArchiveError } from "../base/errors";
import { type ImportedDataset, importDataset } from "./import";
import type { SourceFile } from "./source";

/** A file in memory that hands out chunks of `chunkBytes`, and only when asked. */
export function memoryFile(name: string, bytes: Uint8Array, chunkBytes = 5000): SourceFile {
  const stream = (): ReadableStream<Uint8Array> => {
    let at = 0;
    return new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          if (at >= bytes.length) return controller.close();
          controller.enqueue(bytes.slice(at, at + chunkBytes));
          at += chunkBytes;
        },
      },
      { highWaterMark: 0 },
    );
  };
  return { name, size: bytes.length, stream };
}

export function importBytes(name: string, bytes: Uint8Array, chunkBytes?: number): Promise<ImportedDataset> {
  return importDataset([memoryFile(name, bytes, chunkBytes)], () => undefined);
}

/** The ArchiveError a promise or a function must end in. */
export async function archiveErrorOf(attempt: () => unknown): Promise<ArchiveError> {
  try {
    await attempt();
  } catch (error) {
    if (error instanceof ArchiveError) return error;
    throw error;
  }
  throw new Error("no error was thrown");
}
