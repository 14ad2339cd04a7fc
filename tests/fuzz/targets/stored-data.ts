import "fake-indexeddb/auto";
import { openDatabase } from "../../../src/storage/browser/database";
import { BrowserDatasetStore } from "../../../src/storage/browser/dataset";
import { guarded } from "../../../src/storage/failure";
import { mutateValue } from "../mutate-values";
import { type Attempt, hold, type Target } from "../target";

const BYTES = Uint8Array.from({ length: 1000 }, (_, index) => index);
const database = await openDatabase("splitnet-fuzz");
const store = new BrowserDatasetStore(database);
await store.write({ source: "sample data" }, BYTES);
const written = await database.get("manifest", "dataset");

/** Reads the stored data set under another manifest: all bytes that were written, none where it says so, or a refusal. */
function readUnder(manifest: unknown): Attempt {
  return async () => {
    await guarded("writing another manifest", () => database.put("manifest", manifest, "dataset"));
    const bytes = await store.read();
    hold(bytes.length === 0 || Buffer.compare(bytes, BYTES) === 0, "that the bytes are those that were written, or none");
  };
}

export const storedDataTarget: Target = {
  name: "stored data set",
  mutant: (draws) => readUnder(mutateValue(written, draws)),
  bombs: {
    "a manifest of 1 TiB without pieces": () => readUnder({ summary: null, generation: "none", byteLength: 2 ** 40 }),
    "a manifest of 1 GiB without pieces": () => readUnder({ summary: null, generation: "none", byteLength: 2 ** 30 }),
  },
};
