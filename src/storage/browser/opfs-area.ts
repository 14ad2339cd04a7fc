import type { ByteArea } from "../byte-area";
import { codeOf } from "../failure";
import { plain } from "../sha256";

/** The part of the origin-private file system that is used; handles of the browser have this shape. */
export interface OpfsDirectory {
  getDirectoryHandle(name: string, options?: { create?: boolean }): Promise<OpfsDirectory>;
  getFileHandle(name: string, options?: { create?: boolean }): Promise<OpfsFile>;
  keys(): AsyncIterable<string>;
  removeEntry(name: string, options?: { recursive?: boolean }): Promise<void>;
}

export interface OpfsFile {
  getFile(): Promise<Blob>;
  createSyncAccessHandle(): Promise<OpfsAccess>;
  move(name: string): Promise<void>;
}

export interface OpfsAccess {
  truncate(size: number): void;
  write(bytes: Uint8Array<ArrayBuffer>, options?: { at?: number }): number;
  flush(): void;
  close(): void;
}

declare global {
  interface FileSystemFileHandle {
    /** Renames within the folder; in the platform's proposal and in every browser with OPFS, not yet in the type library. */
    move(name: string): Promise<void>;
  }
}

/** Files of runs in the origin-private file system; workers only. */
export class OpfsArea implements ByteArea {
  readonly #root: OpfsDirectory;

  constructor(root: OpfsDirectory) {
    this.#root = root;
  }

  async has(folder: string, name: string): Promise<boolean> {
    return (await this.#file(folder, name)) !== null;
  }

  async read(folder: string, name: string): Promise<Uint8Array | null> {
    const file = await this.#file(folder, name);
    return file === null ? null : new Uint8Array(await (await file.getFile()).arrayBuffer());
  }

  async write(folder: string, name: string, bytes: Uint8Array): Promise<void> {
    const directory = await this.#root.getDirectoryHandle(folder, { create: true });
    const file = await directory.getFileHandle(name, { create: true });
    const access = await file.createSyncAccessHandle();
    try {
      access.truncate(0);
      const written = access.write(plain(bytes), { at: 0 });
      if (written !== bytes.length) throw new DOMException(`${written} of ${bytes.length} bytes fitted`, "QuotaExceededError");
      access.flush();
    } finally {
      access.close();
    }
  }

  async move(folder: string, from: string, to: string): Promise<void> {
    const file = await this.#file(folder, from);
    if (file === null) return;
    await this.remove(folder, to);
    await file.move(to);
  }

  async remove(folder: string, name: string): Promise<void> {
    await orNull(this.#root.getDirectoryHandle(folder).then((directory) => directory.removeEntry(name)));
  }

  async removeFolder(folder: string): Promise<void> {
    await orNull(this.#root.removeEntry(folder, { recursive: true }));
  }

  async sizeOf(folder: string): Promise<number> {
    const directory = await orNull(this.#root.getDirectoryHandle(folder));
    if (directory === null) return 0;
    let size = 0;
    for await (const name of directory.keys()) size += (await (await this.#file(folder, name))?.getFile())?.size ?? 0;
    return size;
  }

  #file(folder: string, name: string): Promise<OpfsFile | null> {
    return orNull(this.#root.getDirectoryHandle(folder).then((directory) => directory.getFileHandle(name)));
  }
}

/** The promised value, or null if the file or folder is not there. */
async function orNull<Value>(work: Promise<Value>): Promise<Value | null> {
  try {
    return await work;
  } catch (error) {
    if (codeOf(error) === "NotFoundError") return null;
    throw error;
  }
}

/** Whether files can be written, renamed, read and removed here: some private windows offer the interface but refuse its use. */
export async function opfsWorks(root: OpfsDirectory): Promise<boolean> {
  try {
    const area = new OpfsArea(root);
    // A name of its own: two tabs that open at once would take each other's probe away, and one then look for its runs elsewhere.
    const probe = `storage-probe-${crypto.randomUUID()}`;
    await area.write(probe, "a", Uint8Array.of(3, 5, 7));
    await area.move(probe, "a", "b");
    const read = await area.read(probe, "b");
    await area.removeFolder(probe);
    return read !== null && read.join() === "3,5,7";
  } catch {
    return false;
  }
}
