import { randomUUID } from "node:crypto";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { fileError, makeFolder, writeWhole } from "../files";
import { isAlive, thisMachine } from "./machine";

/**
 * Keeps two processes, of one machine or of several that share a disk, from the same run. The lock is a file `lock-<n>.json` of the run's folder that
 * its holder writes anew every few seconds; the highest number holds. A lock that is not written any more is taken over by making the next
 * number, which only one process can: files are created exclusively, and none is ever renamed away from its holder.
 */

const BEAT_EVERY_MS = 10_000;
/** Six beats missed: longer than a busy machine or a slow shared disk delays one. */
export const STALE_AFTER_MS = 60_000;

const holderSchema = z.object({ machine: z.string(), pid: z.int().positive(), token: z.string(), beat: z.int() });
type Holder = Readonly<z.infer<typeof holderSchema>>;

/** A process's view of the locks of others: which of them beat while it looks. */
export class LockWatch {
  readonly #seen = new Map<string, { readonly text: string; readonly sinceMs: number }>();
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** The lock of a folder, null while another process holds it. */
  async take(folder: string): Promise<RunLock | null> {
    const highest = (await lockNumbers(folder)).at(-1) ?? 0;
    if (highest > 0 && !(await this.#isStale(join(folder, lockName(highest))))) return null;
    return RunLock.create(folder, highest + 1);
  }

  /**
   * Whether its holder is gone: a process of this machine that has ended, or one that did not write it for a minute of this process's own clock,
   * because clocks of machines differ.
   */
  async #isStale(path: string): Promise<boolean> {
    const text = await readFile(path, "utf8").catch(() => "");
    const holder = parseHolder(text);
    if (holder !== null && holder.machine === thisMachine() && !isAlive(holder.pid)) return true;
    const seen = this.#seen.get(path);
    if (seen !== undefined && seen.text === text) return this.#now() - seen.sinceMs >= STALE_AFTER_MS;
    this.#seen.set(path, { text, sinceMs: this.#now() });
    return false;
  }
}

/** A held lock. */
export class RunLock {
  readonly #folder: string;
  readonly #number: number;
  readonly #token = randomUUID();
  readonly #lost = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #beat = 0;
  #writing: Promise<void> = Promise.resolve();

  private constructor(folder: string, number: number) {
    this.#folder = folder;
    this.#number = number;
    this.#timer = setInterval(() => {
      this.#writing = this.#writing.then(() => this.#next());
    }, BEAT_EVERY_MS);
    this.#timer.unref();
  }

  /** Null where another process was faster. Throws StorageError where the folder cannot be written. */
  static async create(folder: string, number: number): Promise<RunLock | null> {
    await makeFolder(folder);
    const path = join(folder, lockName(number));
    const lock = new RunLock(folder, number);
    try {
      await writeFile(path, lock.#text(), { flag: "wx" });
      return lock;
    } catch (error) {
      clearInterval(lock.#timer);
      if (error instanceof Error && "code" in error && error.code === "EEXIST") return null;
      throw fileError(path, error);
    }
  }

  /** Aborts when another process has taken the run over because this one was not heard of for too long. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Removes the lock, and those that were taken over. */
  async release(): Promise<void> {
    clearInterval(this.#timer);
    await this.#writing;
    const own = (await lockNumbers(this.#folder)).filter((number) => number <= this.#number);
    for (const number of own) await rm(join(this.#folder, lockName(number)), { force: true });
  }

  async #next(): Promise<void> {
    try {
      if ((await lockNumbers(this.#folder)).at(-1) !== this.#number) return this.#lost.abort();
      this.#beat++;
      await writeWhole(join(this.#folder, lockName(this.#number)), new TextEncoder().encode(this.#text()));
    } catch {
      // A disk that refuses for longer than others wait makes the lock theirs, which the next beat finds out.
    }
  }

  #text(): string {
    const holder: Holder = { machine: thisMachine(), pid: process.pid, token: this.#token, beat: this.#beat };
    return `${JSON.stringify(holder)}\n`;
  }
}

const lockName = (number: number) => `lock-${number}.json`;

/** Numbers of the locks in a folder, upwards. */
async function lockNumbers(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch(() => []);
  const numbers = names.flatMap((name) => /^lock-(\d{1,9})\.json$/.exec(name)?.[1] ?? []);
  return numbers.map(Number).sort((a, b) => a - b);
}

/** Null for what a process that was killed, or is writing, has left. */
function parseHolder(text: string): Holder | null {
  try {
    return holderSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
