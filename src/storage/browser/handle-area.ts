import type { ByteArea } from "../byte-area";
import { codeOf } from "../failure";

/** The part of a directory of the browser that is used, whose files are of a kind. */
export interface AreaDirectory<File> {
  getDirectoryHandle(name: string, options?: { create?: boolean }): Promise<AreaDirectory<File>>;
  getFileHandle(name: string, options?: { create?: boolean }): Promise<File>;
  keys(): AsyncIterable<string>;
  removeEntry(name: string, options?: { recursive?: boolean }): Promise<void>;
}

export interface AreaFile {
  getFile(): Promise<{ readonly size: number; arrayBuffer(): Promise<ArrayBuffer> }>;
}

/** Files under a directory of the browser; how they are written and renamed is told by what kind of directory it is. */
export abstract class HandleArea<File extends AreaFile> implements ByteArea {
  readonly #root: AreaDirectory<File>;

  constructor(root: AreaDirectory<File>) {
    this.#root = root;
  }

  abstract write(folder: string, name: string, bytes: Uint8Array): Promise<void>;
  abstract move(folder: string, from: string, to: string): Promise<void>;

  async has(folder: string, name: string): Promise<boolean> {
    return (await this.file(folder, name)) !== null;
  }

  async read(folder: string, name: string): Promise<Uint8Array | null> {
    const file = await this.file(folder, name);
    return file === null ? null : new Uint8Array(await (await file.getFile()).arrayBuffer());
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
    for await (const name of directory.keys()) size += (await (await this.file(folder, name))?.getFile())?.size ?? 0;
    return size;
  }

  /** Null if there is no such file. */
  protected file(folder: string, name: string): Promise<File | null> {
    return orNull(this.#root.getDirectoryHandle(folder).then((directory) => directory.getFileHandle(name)));
  }

  /** The file, made where there is none. */
  protected async madeFile(folder: string, name: string): Promise<File> {
    const directory = await this.#root.getDirectoryHandle(folder, { create: true });
    return directory.getFileHandle(name, { create: true });
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
