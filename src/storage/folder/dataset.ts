import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { StorageError } from "../../base/errors";
import { guarded } from "../failure";
import { plain, sha256 } from "../sha256";
import type { DatasetStore } from "../stores";
import { orNull, replaceDurably, writeDurably } from "./area";
import { parseJson } from "./runs";

const manifestSchema = z.object({
  summary: z.unknown(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  byteLength: z.int().min(0),
});
type Manifest = z.infer<typeof manifestSchema>;

/** The data set as `<sha256>.bin` and `dataset.json`, which names it: replacing the latter replaces the data set. */
export class FolderDatasetStore implements DatasetStore {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  summary(): Promise<unknown> {
    return guarded("reading the data set's summary", async () => (await this.#manifest())?.summary ?? null);
  }

  write(summary: unknown, bytes: Uint8Array): Promise<void> {
    return guarded("writing the data set", async () => {
      const manifest: Manifest = { summary, sha256: await sha256(bytes), byteLength: bytes.length };
      await writeDurably(this.#dataPath(manifest), bytes);
      await replaceDurably(this.#manifestPath(), new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`));
      await this.#removeData((name) => name !== `${manifest.sha256}.bin`);
    });
  }

  read(): Promise<Uint8Array> {
    return guarded("reading the data set", async () => {
      const manifest = await this.#manifest();
      if (manifest === null) throw new StorageError("no data set is stored", "Import an archive first.");
      const bytes = await orNull(readFile(this.#dataPath(manifest)));
      if (bytes !== null && (await sha256(bytes)) === manifest.sha256) return plain(bytes);
      throw new StorageError(`${this.#dataPath(manifest)} is missing or damaged`, "Import the archive again.");
    });
  }

  byteLength(): Promise<number> {
    return guarded("measuring the data set", async () => (await this.#manifest())?.byteLength ?? 0);
  }

  remove(): Promise<void> {
    return guarded("removing the data set", async () => {
      await rm(this.#manifestPath(), { force: true });
      await this.#removeData(() => true);
    });
  }

  async #manifest(): Promise<Manifest | null> {
    const text = await orNull(readFile(this.#manifestPath(), "utf8"));
    if (text === null) return null;
    const parsed = manifestSchema.safeParse(parseJson(text, this.#manifestPath()));
    if (parsed.success) return parsed.data;
    throw new StorageError(`${this.#manifestPath()} does not describe a data set`, "Import the archive again.");
  }

  async #removeData(unwanted: (name: string) => boolean): Promise<void> {
    const names = (await orNull(readdir(this.#root))) ?? [];
    const data = names.filter((name) => name.endsWith(".bin") && unwanted(name));
    await Promise.all(data.map((name) => rm(join(this.#root, name), { force: true })));
  }

  #manifestPath(): string {
    return join(this.#root, "dataset.json");
  }

  #dataPath(manifest: Manifest): string {
    return join(this.#root, `${manifest.sha256}.bin`);
  }
}
