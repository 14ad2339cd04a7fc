import { open, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { fileError } from "../files";
import { request } from "./request";

/** Where one request got to. `refused`: this address will never serve the file. */
export type TransferEnd =
  | { readonly kind: "complete" }
  | { readonly kind: "broken"; readonly reason: string; readonly progressed: boolean }
  | { readonly kind: "refused"; readonly reason: string };

export interface Transfer {
  readonly url: string;
  /** The unfinished file; `PART.source` beside it remembers whose bytes it holds. */
  readonly part: string;
  readonly signal: AbortSignal;
  readonly silenceMs: number;
  onBytes(done: number, total: number | null): void;
}

/** Statuses after which asking the same address again makes sense. */
const PASSING = new Set([408, 425, 429]);

/** One request that continues `part` where it ends, as far as the connection lasts. */
export async function transfer(task: Transfer): Promise<TransferEnd> {
  const start = await sizeOf(task.part);
  try {
    const response = await request(task.url, await resumeHeaders(task, start), task);
    return await receive(task, start, response);
  } catch (error) {
    task.signal.throwIfAborted();
    if (isDiskError(error)) throw fileError(task.part, error);
    const progressed = (await sizeOf(task.part)) > start;
    return { kind: "broken", reason: error instanceof Error ? error.message : String(error), progressed };
  }
}

function isDiskError(error: unknown): boolean {
  return error instanceof Error && "code" in error && ["ENOSPC", "EROFS", "EDQUOT", "EISDIR"].includes(String(error.code));
}

export async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}

export async function discard(part: string): Promise<void> {
  await Promise.all([rm(part, { force: true }), rm(`${part}.source`, { force: true })]);
}

async function resumeHeaders({ url, part }: Transfer, start: number): Promise<Record<string, string>> {
  const headers: Record<string, string> = { "Accept-Encoding": "identity" };
  if (start === 0) return headers;
  headers.Range = `bytes=${start}-`;
  const validator = await validatorFor(part, url);
  // Only for the same address: mirrors serve the same bytes under other validators, and the checksum decides in the end.
  if (validator !== null) headers["If-Range"] = validator;
  return headers;
}

async function validatorFor(part: string, url: string): Promise<string | null> {
  try {
    const [from, validator] = (await readFile(`${part}.source`, "utf8")).split("\n");
    return from === url && validator !== undefined && validator !== "" ? validator : null;
  } catch {
    return null;
  }
}

async function receive(task: Transfer, start: number, response: IncomingMessage): Promise<TransferEnd> {
  const status = response.statusCode ?? 0;
  const range = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(response.headers["content-range"] ?? "");
  switch (status) {
    case 200:
      return append(task, 0, Number(response.headers["content-length"] ?? Number.NaN), response);
    case 206:
      if (range?.[1] !== String(start)) {
        response.destroy();
        await discard(task.part);
        return { kind: "broken", reason: "the server sent another range than asked for", progressed: false };
      }
      return append(task, start, Number(range[2]), response);
    case 416:
      response.resume();
      if (start > 0 && Number(range?.[2]) === start) return { kind: "complete" };
      await discard(task.part);
      return { kind: "broken", reason: "the server has fewer bytes than were kept", progressed: false };
    default:
      response.resume();
      return status >= 500 || PASSING.has(status)
        ? { kind: "broken", reason: `status ${status}`, progressed: false }
        : { kind: "refused", reason: `status ${status}` };
  }
}

/** Writes the body from byte `start` on; `total` is the length of the whole file, NaN when not announced. */
async function append(task: Transfer, start: number, total: number, response: IncomingMessage): Promise<TransferEnd> {
  await rememberSource(task, response);
  const file = await open(task.part, "a");
  let done = start;
  try {
    await truncate(task.part, start);
    for await (const chunk of response) {
      const bytes = chunk as Uint8Array;
      await file.write(bytes);
      done += bytes.length;
      task.onBytes(done, Number.isNaN(total) ? null : total);
    }
  } finally {
    await file.close();
  }
  if (Number.isNaN(total) || done >= total) return { kind: "complete" };
  return { kind: "broken", reason: `the connection ended after ${done} of ${total} bytes`, progressed: done > start };
}

/** If-Range takes a strong ETag or a date, never a weak ETag (RFC 9110, 13.1.5). */
async function rememberSource({ url, part }: Transfer, response: IncomingMessage): Promise<void> {
  const etag = response.headers.etag ?? "";
  const validator = etag.startsWith("W/") ? "" : etag || (response.headers["last-modified"] ?? "");
  await writeFile(`${part}.source`, `${url}\n${validator}`);
}
