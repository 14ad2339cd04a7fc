import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { StorageError } from "../../base/errors";
import { fileError, makeFolder } from "../files";
import { discard, sizeOf, transfer } from "./transfer";

/** A file to have, and the addresses to try in this order. */
export interface Wanted {
  readonly file: string;
  readonly md5: string;
  readonly urls: readonly string[];
}

export interface DownloadOptions {
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Waits before the tries after failures without progress; one try more than waits. */
  readonly waitsMs?: readonly number[];
  /** Longest silence of a server. */
  readonly silenceMs?: number;
  onBytes(done: number, total: number | null): void;
  /** A sentence about a retry or a change of address. */
  onEvent(text: string): void;
}

export interface Downloaded {
  readonly path: string;
  readonly bytes: number;
  readonly md5: string;
  /** Null when the file was there already. */
  readonly url: string | null;
}

const WAITS_MS = [1000, 2000, 5000, 10_000, 20_000];
const SILENCE_MS = 60_000;

/**
 * Fetches the first of `wanted` that can be had, verified by MD5. What has arrived stays in `FILE.part`, and the next try or the next
 * call continues it. Throws StorageError when every address failed.
 */
export async function download(wanted: readonly Wanted[], options: DownloadOptions): Promise<Downloaded> {
  await makeFolder(options.folder);
  const failures: string[] = [];
  for (const file of wanted) {
    const found = await present(file, options.folder);
    if (found !== null) return found;
    for (const url of file.urls) {
      const outcome = await fromAddress(file, url, options);
      if (typeof outcome !== "string") return outcome;
      failures.push(`${url}: ${outcome}`);
      options.onEvent(`${url}: ${outcome}`);
    }
  }
  throw new StorageError(
    `no address gave the archive (${failures.join("; ")})`,
    "Try again later (a partial file is continued), or name another address with --url.",
  );
}

async function present({ file, md5 }: Wanted, folder: string): Promise<Downloaded | null> {
  const path = join(folder, file);
  const bytes = await sizeOf(path);
  return bytes > 0 && (await md5Of(path)) === md5 ? { path, bytes, md5, url: null } : null;
}

/** The finished file, or why this address is given up. A wrong checksum after resuming is tried once more from the start. */
async function fromAddress(wanted: Wanted, url: string, options: DownloadOptions): Promise<Downloaded | string> {
  const path = join(options.folder, wanted.file);
  const part = `${path}.part`;
  for (;;) {
    const resumed = (await sizeOf(part)) > 0;
    const failure = await completePart(part, url, options);
    if (failure !== null) return failure;
    const md5 = await md5Of(part);
    if (md5 === wanted.md5) {
      await rename(part, path).catch((error: unknown) => {
        throw fileError(path, error);
      });
      await discard(part);
      return { path, bytes: await sizeOf(path), md5, url };
    }
    await discard(part);
    const problem = `the MD5 is ${md5}, not ${wanted.md5}`;
    if (!resumed) return problem;
    options.onEvent(`${url}: ${problem}; starting again from the first byte`);
  }
}

/** Null once `part` holds everything the address has. */
async function completePart(part: string, url: string, options: DownloadOptions): Promise<string | null> {
  const waits = options.waitsMs ?? WAITS_MS;
  let failures = 0;
  for (;;) {
    const { signal, silenceMs = SILENCE_MS, onBytes } = options;
    const end = await transfer({ url, part, signal, silenceMs, onBytes });
    if (end.kind === "complete") return null;
    if (end.kind === "refused") return end.reason;
    failures = end.progressed ? 1 : failures + 1;
    const wait = waits[failures - 1];
    if (wait === undefined) return `${end.reason} (${failures} tries)`;
    options.onEvent(`${url}: ${end.reason}; trying again in ${wait / 1000} s`);
    await sleep(wait, undefined, { signal });
  }
}

async function md5Of(path: string): Promise<string> {
  const hash = createHash("md5");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}
