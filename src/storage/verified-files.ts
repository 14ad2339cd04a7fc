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
    await this.#area.write(folder, temporary, bytes);
    const hash = await sha256(bytes);
    await this.#verify(folder, temporary, hash);
    await this.#area.write(folder, hashOf(temporary), new TextEncoder().encode(hash));
    if (await this.#area.has(folder, name)) {
      await this.#area.move(folder, hashOf(name), hashOf(previous));
      await this.#area.move(folder, name, previous);
    }
    await this.#area.move(folder, hashOf(temporary), hashOf(name));
    await this.#area.move(folder, temporary, name);
  }

  /** The file if its hash is right, else the previous copy, else null. */
  async read(folder: string, name: string): Promise<StoredFile | null> {
    const { previous } = copiesOf(name);
    const hashes = [await this.#hash(folder, name), await this.#hash(folder, previous)];
    for (const copy of [name, previous]) {
      const bytes = await this.#area.read(folder, copy);
      if (bytes !== null && hashes.includes(await sha256(bytes))) return { bytes, previous: copy === previous };
    }
    return null;
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

  async #verify(folder: string, temporary: string, hash: string): Promise<void> {
    const written = await this.#area.read(folder, temporary);
    if (written !== null && (await sha256(written)) === hash) return;
    await this.#area.remove(folder, temporary);
    throw new StorageError(
      `${folder}/${temporary}: what was read back is not what was written`,
      "Check the disk; the previous copy of the file is kept.",
    );
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
