import { plain } from "../storage/sha256";

/**
 * What a stream gives as one file. Each chunk is handed to the browser as it comes, which keeps large files on its disk: they are never whole in
 * this thread's memory.
 */
export async function collected(stream: ReadableStream<Uint8Array>, type: string): Promise<Blob> {
  const chunks: Blob[] = [];
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return new Blob(chunks, { type });
    chunks.push(new Blob([plain(value)]));
  }
}
