import { openDB } from "idb";

/** Values by key, unknown when read: whoever reads parses. */
export interface StoredValues {
  read(key: string): Promise<unknown>;
  write(key: string, value: unknown): Promise<void>;
}

/** What a browser remembers of its devices' speed: it can be made again. */
export function browserTunings(): StoredValues {
  return browserValues("splitnet-studio-tunings", "tunings");
}

/** The folder that runs are mirrored into: it can be chosen again. */
export function browserMirror(): StoredValues {
  return browserValues("splitnet-studio-mirror", "folders");
}

/** Runs that wait for their turn. */
export function browserQueue(): StoredValues {
  return browserValues("splitnet-studio-queue", "queue");
}

/**
 * A database of its own, because it needs no upgrade of the runs' one; opened when first used. Rejects where the browser
 * refuses, as in some private windows.
 */
function browserValues(database: string, store: string): StoredValues {
  let opening: ReturnType<typeof open> | null = null;
  const opened = () => {
    opening ??= open(database, store);
    return opening;
  };
  return {
    read: async (key) => (await opened()).get(store, key),
    async write(key, value) {
      await (await opened()).put(store, value, key);
    },
  };
}

function open(database: string, store: string) {
  return openDB(database, 1, {
    upgrade(opened) {
      opened.createObjectStore(store);
    },
  });
}
