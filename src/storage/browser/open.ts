import type { ByteArea } from "../byte-area";
import type { PageStores } from "../stores";
import { openDatabase, type StudioDatabase } from "./database";
import { DatabaseArea } from "./database-area";
import { BrowserDatasetStore } from "./dataset";
import { OpfsArea, opfsWorks } from "./opfs-area";
import { BrowserRunStore } from "./runs";

const DATABASE = "splitnet-studio";
const RUNS_FOLDER = "runs";

/** Storage of the page, for its worker: IndexedDB, and OPFS for files where it works. */
export async function openBrowserStores(): Promise<PageStores> {
  const database = await openDatabase(DATABASE);
  const area = await fileArea(database);
  return {
    datasets: new BrowserDatasetStore(database),
    runs: new BrowserRunStore(database, area),
    filesIn: area instanceof OpfsArea ? "OPFS" : "IndexedDB",
  };
}

async function fileArea(database: StudioDatabase): Promise<ByteArea> {
  try {
    const root = await navigator.storage.getDirectory();
    if (await opfsWorks(root)) return new OpfsArea(await root.getDirectoryHandle(RUNS_FOLDER, { create: true }));
  } catch {
    // No such interface, or it is refused: the database holds the files instead.
  }
  return new DatabaseArea(database);
}
