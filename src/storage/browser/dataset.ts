import { z } from "zod";
import { StorageError } from "../../base/errors";
import { guarded } from "../failure";
import { sha256 } from "../sha256";
import type { DatasetBin, DatasetStore, RemovedDataset } from "../stores";
import { type StudioDatabase, wholly } from "./database";

/** Large records are what browsers lose first; 4 MiB keep a transaction short. */
const PIECE_BYTES = 4 * 1024 * 1024;

const manifestSchema = z.object({
  summary: z.unknown(),
  generation: z.string(),
  byteLength: z.int().min(0),
  /** When it was removed, in Unix milliseconds; absent unless it was. */
  removedAt: z.number().optional(),
});
type Manifest = z.infer<typeof manifestSchema>;

/**
 * The data set in pieces. A new one is written under a generation of its own; the manifest, replaced in one transaction with the
 * removal of every other generation, makes it visible.
 */
export class BrowserDatasetStore implements DatasetStore, DatasetBin {
  readonly #database: StudioDatabase;

  constructor(database: StudioDatabase) {
    this.#database = database;
  }

  summary(): Promise<unknown> {
    return guarded("reading the data set's summary", async () => (await this.#kept())?.summary ?? null);
  }

  write(summary: unknown, bytes: Uint8Array): Promise<void> {
    return guarded("writing the data set", async () => {
      // A removed one may hold the room that the new one needs.
      const removed = await this.removed().catch(() => null);
      if (removed !== null) await this.remove();
      const manifest: Manifest = { summary, generation: crypto.randomUUID(), byteLength: bytes.length };
      try {
        await this.#writePieces(manifest, bytes);
        await this.#publish(manifest);
      } catch (error) {
        await this.#removePieces((generation) => generation === manifest.generation).catch(() => undefined);
        throw error;
      }
    });
  }

  read(): Promise<Uint8Array> {
    return guarded("reading the data set", async () => {
      const manifest = await this.#kept();
      if (manifest === null) throw new StorageError("no data set is stored", "Import an archive first.");
      await this.#checkPieceCount(manifest);
      const bytes = new Uint8Array(manifest.byteLength);
      for (let index = 0; index * PIECE_BYTES < bytes.length; index++) {
        const target = bytes.subarray(index * PIECE_BYTES, (index + 1) * PIECE_BYTES);
        target.set(await this.#readPiece(manifest, index, target.length));
      }
      return bytes;
    });
  }

  byteLength(): Promise<number> {
    return guarded("measuring the data set", async () => (await this.#kept())?.byteLength ?? 0);
  }

  removed(): Promise<RemovedDataset | null> {
    return guarded("looking for a removed data set", async () => {
      const manifest = await this.#manifest();
      if (manifest?.removedAt === undefined) return null;
      return { summary: manifest.summary, removedAt: manifest.removedAt, byteLength: manifest.byteLength };
    });
  }

  markRemoved(removedAt: number): Promise<void> {
    return guarded("removing the data set", () => this.#mark({ removedAt }));
  }

  restore(): Promise<void> {
    return guarded("taking the data set back", () => this.#mark({}));
  }

  remove(): Promise<void> {
    return guarded("removing the data set", async () => {
      await this.#database.delete("manifest", "dataset");
      await this.#removePieces(() => true);
    });
  }

  /** What is stored and not removed. */
  async #kept(): Promise<Manifest | null> {
    const manifest = await this.#manifest();
    return manifest?.removedAt === undefined ? manifest : null;
  }

  async #mark(mark: { readonly removedAt?: number }): Promise<void> {
    const manifest = await this.#manifest();
    if (manifest === null) return;
    const { summary, generation, byteLength } = manifest;
    await this.#database.put("manifest", { summary, generation, byteLength, ...mark }, "dataset");
  }

  async #manifest(): Promise<Manifest | null> {
    const stored = await this.#database.get("manifest", "dataset");
    if (stored === undefined) return null;
    const parsed = manifestSchema.safeParse(stored);
    if (parsed.success) return parsed.data;
    throw new StorageError("the stored data set is not described as it should be", "Import the archive again.");
  }

  async #writePieces({ generation }: Manifest, bytes: Uint8Array): Promise<void> {
    for (let index = 0; index * PIECE_BYTES < bytes.length; index++) {
      const piece = bytes.slice(index * PIECE_BYTES, (index + 1) * PIECE_BYTES);
      await this.#database.put("pieces", { bytes: piece, sha256: await sha256(piece) }, [generation, index]);
    }
  }

  async #publish(manifest: Manifest): Promise<void> {
    const transaction = this.#database.transaction(["manifest", "pieces"], "readwrite");
    await wholly(transaction, async () => {
      await transaction.objectStore("manifest").put(manifest, "dataset");
      const pieces = transaction.objectStore("pieces");
      for (const key of await pieces.getAllKeys()) if (key[0] !== manifest.generation) await pieces.delete(key);
    });
  }

  /** Room is made only for pieces that are there. */
  async #checkPieceCount({ generation, byteLength }: Manifest): Promise<void> {
    const count = await this.#database.count("pieces", IDBKeyRange.bound([generation], [generation, []]));
    const expected = Math.ceil(byteLength / PIECE_BYTES);
    if (count === expected) return;
    throw new StorageError(`the stored data set has ${count} pieces instead of ${expected}`, "Import the archive again.");
  }

  async #readPiece({ generation }: Manifest, index: number, length: number): Promise<Uint8Array> {
    const piece = await this.#database.get("pieces", [generation, index]);
    if (piece !== undefined && piece.bytes.length === length && (await sha256(piece.bytes)) === piece.sha256) return piece.bytes;
    throw new StorageError(`piece ${index} of the stored data set is missing or damaged`, "Import the archive again.");
  }

  async #removePieces(unwanted: (generation: string) => boolean): Promise<void> {
    const transaction = this.#database.transaction("pieces", "readwrite");
    await wholly(transaction, async () => {
      for (const key of await transaction.store.getAllKeys()) if (unwanted(key[0])) await transaction.store.delete(key);
    });
  }
}
