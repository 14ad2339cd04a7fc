import { ArchiveError } from "../base/errors";
import { ByteReader } from "./byte-reader";
import type { Dataset } from "./dataset";
import { DecompressorRefused, gunzip, gunzipMembers, isGzip, LARGEST_EXPANSION } from "./gunzip";
import { isMemberName, MemberCollector } from "./members";
import { type FileWatch, OriginalDetector, PUBLISHED, type PublishedSet } from "./originals";
import { firstBytes, type OnImportProgress, readChunks, type SourceFile } from "./source";
import { baseName, isTar, NOT_CIFAR_CURE, readTar } from "./tar";

export interface ImportedDataset {
  readonly dataset: Dataset;
  /** File name, or names where loose files were chosen. */
  readonly source: string;
  /** Set when the checksums are published ones. */
  readonly original: string | null;
}

interface Import {
  readonly onProgress: OnImportProgress;
  readonly signal: AbortSignal | undefined;
  readonly detector: OriginalDetector;
}

/** No archive of this layout unpacks to more. */
const UNPACKED_LIMIT_BYTES = 8 * 2 ** 30;
/** What tar programs write behind the end of an archive is some kB. */
const PADDING_LIMIT_BYTES = 1 << 24;
const HEAD_BYTES = 512;

/**
 * Reads a data set from one archive (.tar.gz or .tar, binary or python layout) or from its loose files, in one pass and with back
 * pressure. What a file is, its bytes tell; a name only tells train from test. Throws ArchiveError and returns nothing partial;
 * rejects with the signal's reason once aborted.
 */
export async function importDataset(
  files: readonly SourceFile[],
  onProgress: OnImportProgress,
  signal?: AbortSignal,
): Promise<ImportedDataset> {
  return importRecognising(PUBLISHED, files, onProgress, signal);
}

/** The same with the published checksums given. */
export async function importRecognising(
  published: readonly PublishedSet[],
  files: readonly SourceFile[],
  onProgress: OnImportProgress,
  signal?: AbortSignal,
): Promise<ImportedDataset> {
  const context: Import = { onProgress, signal, detector: new OriginalDetector(published) };
  const heads = await Promise.all(files.map((file) => firstBytes(file, HEAD_BYTES)));
  const archive = files.find((_, index) => isGzip(heads[index]!) || isTar(heads[index]!));
  const [first] = files;
  if (first === undefined) throw new ArchiveError("no file was chosen", NOT_CIFAR_CURE);
  if (archive === undefined) return importLoose(files, context);
  if (files.length > 1) {
    throw new ArchiveError(
      `${archive.name}: an archive and ${files.length - 1} more files at once`,
      "Choose one archive by itself.",
    );
  }
  const dataset = isGzip(heads[0]!) ? await importGzip(archive, context) : await importTar(archive, context);
  signal?.throwIfAborted();
  return { dataset, source: archive.name, original: context.detector.original };
}

/** First with the platform's fast decompressor; where that refuses, again with the one that tells damage from trailing bytes. */
async function importGzip(file: SourceFile, context: Import): Promise<Dataset> {
  const capacity = Math.min(UNPACKED_LIMIT_BYTES, file.size * LARGEST_EXPANSION);
  const attempt = async (decompress: (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>): Promise<Dataset> => {
    const watch = context.detector.watch(file.name, file.size);
    const chunks = watched(readChunks(file, context.onProgress, context.signal), watch);
    return readArchive(new ByteReader(decompress(chunks), file.name), file.name, capacity, null);
  };
  try {
    return await attempt(gunzip);
  } catch (error) {
    if (!(error instanceof DecompressorRefused)) throw error;
    return attempt((chunks) => gunzipMembers(chunks, file.name));
  }
}

async function importTar(file: SourceFile, context: Import): Promise<Dataset> {
  const reader = new ByteReader(readChunks(file, context.onProgress, context.signal), file.name);
  return readArchive(reader, file.name, file.size, context.detector);
}

/** Reads a tar stream to its very end; `detector` looks at its members where the archive itself has no published checksum. */
async function readArchive(
  reader: ByteReader,
  name: string,
  capacity: number,
  detector: OriginalDetector | null,
): Promise<Dataset> {
  const collector = new MemberCollector(name, `${name}: `);
  try {
    await readTar(reader, name, UNPACKED_LIMIT_BYTES, async (member) => {
      if (!isMemberName(member.name)) return collector.ignore(member.name);
      const watch = detector?.watch(member.name, member.size) ?? null;
      await watchedRead(reader, watch, () => collector.read(member.name, member.size, capacity, reader));
    });
    await reader.drain(PADDING_LIMIT_BYTES);
    return collector.finish();
  } finally {
    await reader.close();
  }
}

async function importLoose(files: readonly SourceFile[], context: Import): Promise<ImportedDataset> {
  const source = files.map((file) => file.name).join(", ");
  const collector = new MemberCollector(source, "");
  for (const file of files) {
    const name = baseName(file.name);
    if (!isMemberName(name)) {
      throw new ArchiveError(`${file.name}: neither an archive (gzip or tar) nor a file of a data set`, NOT_CIFAR_CURE);
    }
    const reader = new ByteReader(readChunks(file, context.onProgress, context.signal), name);
    try {
      const watch = context.detector.watch(name, file.size);
      await watchedRead(reader, watch, () => collector.read(name, file.size, file.size, reader));
      if (!(await reader.atEnd()))
        throw new ArchiveError(`${name}: longer than its ${file.size} bytes`, "Choose the file again.");
    } finally {
      await reader.close();
    }
  }
  context.signal?.throwIfAborted();
  return { dataset: collector.finish(), source, original: context.detector.original };
}

async function watchedRead(reader: ByteReader, watch: FileWatch | null, read: () => Promise<void>): Promise<void> {
  reader.observe(watch === null ? null : (bytes) => watch.update(bytes));
  await read();
  reader.observe(null);
  watch?.finish();
}

/** The same chunks; the watch has seen all of them when they end. */
async function* watched(chunks: AsyncIterable<Uint8Array>, watch: FileWatch | null): AsyncGenerator<Uint8Array, void, void> {
  for await (const chunk of chunks) {
    watch?.update(chunk);
    yield chunk;
  }
  watch?.finish();
}
