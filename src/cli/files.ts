import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { ConfigError, StorageError } from "../base/errors";

const REASONS: Readonly<Record<string, readonly [string, string]>> = {
  ENOENT: ["there is no such file or folder", "Check the path."],
  EISDIR: ["is a folder, not a file", "Name a file."],
  ENOTDIR: ["a part of the path is a file, not a folder", "Check the path."],
  EEXIST: ["there is a file of that name already", "Choose another path."],
  EACCES: ["may not be opened", "Change its permissions or choose another path."],
  EPERM: ["may not be opened", "Change its permissions or choose another path."],
  EROFS: ["lies on a disk that is read-only", "Choose another path."],
  ENOSPC: ["does not fit: the disk is full", "Free some space or choose another disk."],
  ERR_FS_FILE_TOO_LARGE: ["is larger than 2 GiB", "Name the archive itself; CIFAR-100 has 169 MB."],
};

/** The system's error about a file in words. */
export function fileError(path: string, error: unknown): StorageError {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  const [reason, cure] = REASONS[code] ?? [`could not be read or written (${code})`, "Check the path and the disk."];
  return new StorageError(`${path}: ${reason}`, cure, { cause: error });
}

export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw fileError(path, error);
  }
}

/** Creates the folder and its parents where they are missing. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw fileError(path, error);
  }
}

/** Writes beside the target and renames: a reader sees the old file or the new one, never a half. */
export async function writeWhole(path: string, content: Uint8Array | ReadableStream<Uint8Array>): Promise<void> {
  const part = `${path}.${randomUUID().slice(0, 8)}.part`;
  await makeFolder(dirname(path));
  try {
    await writeFile(part, content);
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw fileError(path, error);
  }
}

/** Throws StorageError for the file, ConfigError where it is no text. */
export async function readText(path: string): Promise<string> {
  const bytes = await readBytes(path);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ConfigError(`${path}: not a text in UTF-8`, "Name a text file, or convert it to UTF-8.", { cause });
  }
}

/** Parses a JSON file; throws ConfigError that names the file and what is wrong with it. */
export async function readJson(path: string): Promise<unknown> {
  const bytes = await readBytes(path);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    const reason = error instanceof Error ? error.message.replaceAll(/\s+/g, " ") : String(error);
    throw new ConfigError(`${path}: not JSON (${reason})`, "Correct the file; it must be one JSON document in UTF-8.");
  }
}
