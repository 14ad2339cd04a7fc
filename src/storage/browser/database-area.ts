import type { ByteArea } from "../byte-area";
import { type StudioDatabase, wholly } from "./database";

/** Files as records of IndexedDB: for browsers, or private windows, without a file system for pages. */
export class DatabaseArea implements ByteArea {
  readonly #database: StudioDatabase;

  constructor(database: StudioDatabase) {
    this.#database = database;
  }

  async has(folder: string, name: string): Promise<boolean> {
    return (await this.#database.getKey("files", [folder, name])) !== undefined;
  }

  async read(folder: string, name: string): Promise<Uint8Array | null> {
    return (await this.#database.get("files", [folder, name])) ?? null;
  }

  async write(folder: string, name: string, bytes: Uint8Array): Promise<void> {
    await this.#database.put("files", bytes, [folder, name]);
  }

  async move(folder: string, from: string, to: string): Promise<void> {
    const transaction = this.#database.transaction("files", "readwrite");
    await wholly(transaction, async () => {
      const bytes = await transaction.store.get([folder, from]);
      if (bytes === undefined) return;
      await transaction.store.put(bytes, [folder, to]);
      await transaction.store.delete([folder, from]);
    });
  }

  async remove(folder: string, name: string): Promise<void> {
    await this.#database.delete("files", [folder, name]);
  }

  async sizeOf(folder: string): Promise<number> {
    let size = 0;
    let cursor = await this.#database.transaction("files").store.openCursor(IDBKeyRange.bound([folder], [folder, []]));
    for (; cursor !== null; cursor = await cursor.continue()) size += cursor.value.length;
    return size;
  }

  async removeFolder(folder: string): Promise<void> {
    const transaction = this.#database.transaction("files", "readwrite");
    await wholly(transaction, async () => {
      for (const key of await transaction.store.getAllKeys()) if (key[0] === folder) await transaction.store.delete(key);
    });
  }
}
