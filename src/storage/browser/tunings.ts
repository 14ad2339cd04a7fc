import { openDB } from "idb";

/** What a browser remembers of its devices' speed; a database of its own, because it can be made again and needs no upgrade of the runs'. */
const DATABASE = "splitnet-studio-tunings";
const STORE = "tunings";

/** Values by key, unknown when read: whoever reads parses. */
export interface TuningValues {
  read(key: string): Promise<unknown>;
  write(key: string, value: unknown): Promise<void>;
}

/** The browser's store, opened when first used. Rejects where the browser refuses, as in some private windows. */
export function browserTunings(): TuningValues {
  let opening: ReturnType<typeof open> | null = null;
  const database = () => {
    opening ??= open();
    return opening;
  };
  return {
    read: async (key) => (await database()).get(STORE, key),
    async write(key, value) {
      await (await database()).put(STORE, value, key);
    },
  };
}

function open() {
  return openDB(DATABASE, 1, {
    upgrade(database) {
      database.createObjectStore(STORE);
    },
  });
}
