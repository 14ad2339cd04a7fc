import type { EngineEvent } from "../protocol/events";
import type { PageStores } from "../storage/stores";
import { Bin } from "./bin";
import { DataLibrary } from "./data-library";
import { RunDesk } from "./run-desk";

/** What is stored, once storage is open, and who looks after it. */
export interface Shelves extends PageStores {
  readonly library: DataLibrary;
  readonly desk: RunDesk;
  readonly bin: Bin;
}

/** `now` is Unix time in milliseconds. */
export function shelvesOf(stores: PageStores, publish: (event: EngineEvent) => void, now: () => number): Shelves {
  const library = new DataLibrary(stores.datasets);
  const desk = new RunDesk(stores.runs, publish);
  return { ...stores, library, desk, bin: new Bin({ ...stores, library, desk, publish, now }) };
}
