import { access, mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ByteArea } from "../byte-area";
import { codeOf } from "../failure";
import { plain } from "../sha256";

/** Runs' files as files of a disk, under `root/<folder>/<name>`. Callers validate the names. */
export class DiskArea implements ByteArea {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async has(folder: string, name: string): Promise<boolean> {
    return (await orNull(access(this.#path(folder, name)).then(() => true))) ?? false;
  }

  async read(folder: string, name: string): Promise<Uint8Array | null> {
    const buffer = await orNull(readFile(this.#path(folder, name)));
    return buffer === null ? null : plain(buffer);
  }

  async write(folder: string, name: string, bytes: Uint8Array): Promise<void> {
    await writeDurably(this.#path(folder, name), bytes);
  }

  async move(folder: string, from: string, to: string): Promise<void> {
    await orNull(renameDurably(this.#path(folder, from), this.#path(folder, to)));
  }

  async remove(folder: string, name: string): Promise<void> {
    await rm(this.#path(folder, name), { force: true });
  }

  async removeFolder(folder: string): Promise<void> {
    await rm(join(this.#root, folder), { recursive: true, force: true });
  }

  async sizeOf(folder: string): Promise<number> {
    const names = (await orNull(readdir(join(this.#root, folder)))) ?? [];
    const sizes = await Promise.all(names.map(async (name) => (await orNull(stat(this.#path(folder, name))))?.size ?? 0));
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  #path(folder: string, name: string): string {
    return join(this.#root, folder, name);
  }
}

/** The promised value, or null if the file or folder is not there. */
export async function orNull<Value>(work: Promise<Value>): Promise<Value | null> {
  try {
    return await work;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

/** Writes a file, creating its folder, and waits until the disk has it. */
export async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, "w");
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Replaces a file whole: readers see the old bytes or the new ones. */
export async function replaceDurably(path: string, bytes: Uint8Array): Promise<void> {
  await writeDurably(`${path}.tmp`, bytes);
  await renameDurably(`${path}.tmp`, path);
}

async function renameDurably(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncFolder(dirname(to));
}

/** A rename is durable once its folder is; Windows cannot open folders and does not need it. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
