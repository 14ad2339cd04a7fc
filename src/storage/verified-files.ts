import { StorageError } from "../base/errors";
import type { ByteArea } from "./byte-area";
import { sha256 } from "./sha256";
import type { StoredFile } from "./stores";

/**
 * Files that are never half there. A file `f` has its hash beside it in `f.sha256`, and the copy it replaced in `f.prev`.
 * Writing goes to `f.tmp`, is read back and compared, and only then takes over name and hash. The four renames can be cut
 * anywhere: bytes count as good if either hash file lists them, so that one good copy is found after every one of them.
 */
export class VerifiedFiles {
  readonly #area: ByteArea;

  constructor(area: ByteArea) {
    this.#area = area;
  }

  /** Writes, verifies, then renames; the replaced file becomes the previous copy. A failure leaves the old file. */
  async write(folder: string, name: string, bytes: Uint8Array): Promise<void> {
    const { temporary, previous } = copiesOf(name);
    await this.#prepare(folder, temporary, bytes);
    // A damaged file must not take the place of the good copy before it.
    if ((await this.#good(folder, name, await this.#hashes(folder, name))) !== null) {
      await this.#area.move(folder, hashOf(name), hashOf(previous));
      await this.#area.move(folder, name, previous);
    }
    await this.#area.move(folder, hashOf(temporary), hashOf(name));
    await this.#area.move(folder, temporary, name);
  }

  /** The file if its hash is right, else the previous copy, else null. */
  async read(folder: string, name: string): Promise<StoredFile | null> {
    const { previous } = copiesOf(name);
    const hashes = await this.#hashes(folder, name);
    for (const copy of [name, previous]) {
      const bytes = await this.#good(folder, copy, hashes);
      if (bytes !== null) return { bytes, previous: copy === previous };
    }
    return null;
  }

  /** The copy that the last write replaced, null where there is none or its hash is wrong. */
  async readPrevious(folder: string, name: string): Promise<Uint8Array | null> {
    return this.#good(folder, copiesOf(name).previous, await this.#hashes(folder, name));
  }

  /** Whether the last write was of these bytes; what happened to the file since is not looked at. */
  async holds(folder: string, name: string, bytes: Uint8Array): Promise<boolean> {
    return (await this.#area.has(folder, name)) && (await this.#hash(folder, name)) === (await sha256(bytes));
  }

  /** Bytes of all files of a folder, copies and hashes included. */
  async byteLength(folder: string): Promise<number> {
    return this.#area.sizeOf(folder);
  }

  async removeFolder(folder: string): Promise<void> {
    await this.#area.removeFolder(folder);
  }

  /** Writes bytes and their hash beside the file; leaves nothing there where that fails, so that a full disk is not fuller after it. */
  async #prepare(folder: string, temporary: string, bytes: Uint8Array): Promise<void> {
    try {
      const hash = await sha256(bytes);
      await this.#area.write(folder, temporary, bytes);
      await this.#verify(folder, temporary, hash);
      await this.#area.write(folder, hashOf(temporary), new TextEncoder().encode(hash));
    } catch (error) {
      for (const name of [temporary, hashOf(temporary)]) await this.#area.remove(folder, name).catch(() => undefined);
      throw error;
    }
  }

  async #verify(folder: string, temporary: string, hash: string): Promise<void> {
    if ((await this.#good(folder, temporary, [hash])) !== null) return;
    throw new StorageError(
      `${folder}/${temporary}: what was read back is not what was written`,
      "Check the disk; the previous copy of the file is kept.",
    );
  }

  /** Hashes that a good copy of the file may have. */
  async #hashes(folder: string, name: string): Promise<readonly string[]> {
    return [await this.#hash(folder, name), await this.#hash(folder, copiesOf(name).previous)];
  }

  /** The bytes of a file, null unless they have one of these hashes. */
  async #good(folder: string, name: string, hashes: readonly string[]): Promise<Uint8Array | null> {
    const bytes = await this.#area.read(folder, name);
    return bytes !== null && hashes.includes(await sha256(bytes)) ? bytes : null;
  }

  async #hash(folder: string, name: string): Promise<string> {
    const bytes = await this.#area.read(folder, hashOf(name));
    return bytes === null ? "" : new TextDecoder().decode(bytes).trim();
  }
}

function copiesOf(name: string): { readonly temporary: string; readonly previous: string } {
  return { temporary: `${name}.tmp`, previous: `${name}.prev` };
}

function hashOf(name: string): string {
  return `${name}.sha256`;
}
