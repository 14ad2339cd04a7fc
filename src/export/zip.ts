import { sha256 } from "@noble/hashes/sha2.js";
import { makeZip } from "client-zip";
import { concatBytes, toHex } from "../base/bytes";

/** A file of an archive; its name may have a folder before it. */
export interface ExportFile {
  readonly name: string;
  /** Makes its bytes when its turn comes, so that no two files are in memory at a time. */
  readonly make: () => Uint8Array | Promise<Uint8Array>;
}

/** A file of an archive that may turn out not to be there when its turn comes: null leaves it out. */
export interface OptionalFile {
  readonly name: string;
  readonly make: () => Uint8Array | null | Promise<Uint8Array | null>;
}

/** A zip archive that is made as it is read. */
export interface Archive {
  readonly fileName: string;
  readonly stream: ReadableStream<Uint8Array>;
}

export interface ZipOptions {
  /** Date of every file, Unix milliseconds. */
  readonly modifiedAt: number;
  /** Whether the last file is SHA256SUMS, of all others. */
  readonly checksums: boolean;
  /** Told before each file and at the end how many are done. Throwing ends the archive. */
  readonly onFile?: (done: number) => void;
}

/** One zip archive of the files, stored and not compressed, as it is read. A failure to make a file fails the stream. */
export function zipStream(files: readonly OptionalFile[], options: ZipOptions): ReadableStream<Uint8Array> {
  return makeZip(members(files, options));
}

async function* members(files: readonly OptionalFile[], { modifiedAt, checksums, onFile }: ZipOptions) {
  const lastModified = new Date(modifiedAt);
  const sums: string[] = [];
  for (const [done, { name, make }] of files.entries()) {
    onFile?.(done);
    const bytes = await make();
    if (bytes === null) continue;
    if (checksums) sums.push(`${toHex(sha256(bytes))}  ${name}\n`);
    yield { name, input: bytes, lastModified };
  }
  if (checksums) yield { name: "SHA256SUMS", input: sums.join(""), lastModified };
  onFile?.(files.length);
}

/** A file of text in UTF-8. */
export function textFile(name: string, text: () => string): ExportFile {
  return { name, make: () => new TextEncoder().encode(text()) };
}

/** Indented JSON, with lists of numbers on one line. */
export function jsonFile(name: string, value: () => unknown): ExportFile {
  return textFile(name, () => {
    const text = JSON.stringify(value(), null, 2);
    return `${text.replaceAll(/\[\n[-+.eE\d,\s]+\]/g, (list) => list.replaceAll(/\s+/g, ""))}\n`;
  });
}

/** A long text in UTF-8, given in parts so that it is never one string. */
export function textPartsFile(name: string, parts: () => Iterable<string>): ExportFile {
  const encoder = new TextEncoder();
  return { name, make: () => concatBytes(Array.from(parts(), (part) => encoder.encode(part))) };
}
