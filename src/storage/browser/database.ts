import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { guarded } from "../failure";

/** Bytes of a piece of the data set with their SHA-256. */
export interface DataPiece {
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** Values are read back as unknown where another version may have written them. */
export interface StudioSchema extends DBSchema {
  runs: {
    key: string;
    value: {
      readonly id: string;
      readonly record: unknown;
      /** When the run was removed, where it was: it can be taken back until it is freed. */
      readonly removedAt?: unknown;
      /** What it came to, as far as this record tells; absent until somebody asked. */
      readonly summary?: unknown;
    };
  };
  metrics: {
    key: number;
    value: {
      readonly sequence?: number;
      readonly runId: string;
      /** `CurveColumns`; the first versions kept metrics one by one, which are read as well. */
      readonly columns?: unknown;
      readonly metrics?: readonly unknown[];
      /** Whether a rewind has taken them back. */
      readonly superseded?: boolean;
    };
    indexes: { runId: string };
  };
  /** Files of runs where the browser has no file system for pages: [run, name]. */
  files: { key: [string, string]; value: Uint8Array };
  /** Pieces of data sets: [generation, index]. */
  pieces: { key: [string, number]; value: DataPiece };
  manifest: { key: "dataset"; value: unknown };
}

export type StudioDatabase = IDBPDatabase<StudioSchema>;

const VERSION = 1;

/** Opens the studio's database; throws StorageError where the browser refuses. */
export function openDatabase(name: string): Promise<StudioDatabase> {
  return guarded("opening the browser's database", () =>
    openDB<StudioSchema>(name, VERSION, {
      upgrade(database) {
        database.createObjectStore("runs", { keyPath: "id" });
        const metrics = database.createObjectStore("metrics", { keyPath: "sequence", autoIncrement: true });
        metrics.createIndex("runId", "runId");
        database.createObjectStore("files");
        database.createObjectStore("pieces");
        database.createObjectStore("manifest");
      },
      // A newer page must not wait for this one.
      blocking: (_current, _blocked, event) => {
        if (event.target instanceof IDBDatabase) event.target.close();
      },
    }),
  );
}

interface Transaction {
  readonly done: Promise<void>;
  readonly error: DOMException | null;
  abort(): void;
}

/** Does the work of a transaction, all of it or nothing; throws the reason for which storage refused it. */
export async function wholly(transaction: Transaction, work: () => Promise<void>): Promise<void> {
  // Where a request fails first, nobody waits for the end any more.
  transaction.done.catch(() => undefined);
  try {
    await work();
  } catch (error) {
    abortIfOpen(transaction);
    // Once the browser has ended it, its requests say no more than that it has.
    throw transaction.error ?? error;
  }
  await transaction.done;
}

function abortIfOpen(transaction: Transaction): void {
  try {
    transaction.abort();
  } catch {
    // The refused request has ended it.
  }
}
