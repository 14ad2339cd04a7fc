import { type AddressParts, readAddress, type Start, writeAddress } from "../state/address";
import type { Studio } from "../state/studio";

/** Browsers allow some 200 changes of the address in half a minute; a slider that is played would make more. */
const WRITE_MILLISECONDS = 300;
const KEY = "splitnet-view";

/** What the address needs of a window. */
export interface AddressWindow {
  readonly location: Pick<Location, "hash" | "search">;
  readonly history: { replaceState(data: null, unused: "", url: string): void };
  addEventListener(type: "hashchange" | "pagehide", listener: () => void): void;
}

/** Where the address is kept over visits; null where the browser keeps nothing. */
export type AddressStorage = Pick<Storage, "getItem" | "setItem"> | null;

/**
 * What the page is to start with. A page loaded anew is as it was left: a change of its last moment was kept, but came too late for
 * the address that the browser loads.
 */
export function startOf({ location }: AddressWindow, storage: AddressStorage, reloaded: boolean): Start {
  const stored = storage?.getItem(KEY) ?? "";
  const { search, hash } = location;
  return readAddress(partsOf({ search, hash: reloaded && stored !== "" ? stored : hash }, stored));
}

/** Whether this page was loaded anew, and not for the first time or by a link. */
export function wasReloaded(): boolean {
  return performance.getEntriesByType("navigation").some((entry) => Reflect.get(entry, "type") === "reload");
}

/** Writes how the page is looked at into its address, and takes in an address that somebody puts there. */
export function keepAddress(page: AddressWindow, storage: AddressStorage, { store, send }: Studio): void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let last: Start = store.getState();
  const write = (): void => {
    timer = null;
    const address = writeAddress(store.getState());
    page.history.replaceState(null, "", `#${address}`);
    keep(storage, address);
  };
  store.subscribe((state) => {
    if (state.view === last.view && state.form === last.form) return;
    last = state;
    timer ??= setTimeout(write, WRITE_MILLISECONDS);
  });
  page.addEventListener("pagehide", () => {
    if (timer !== null) clearTimeout(timer);
    write();
  });
  page.addEventListener("hashchange", () => {
    // A link to a place in the page, such as the one that skips to the stages, says nothing of how it is looked at.
    if (!page.location.hash.includes("=")) return write();
    store.restart(readAddress(partsOf(page.location, "")));
    const { view, facts } = store.getState();
    const other = view.run !== undefined && view.run !== facts.open?.record.id;
    // The run in training is looked at until it has ended.
    if (other && facts.activity.kind === "idle") send({ kind: "openRun", runId: view.run });
  });
}

function partsOf({ hash, search }: AddressWindow["location"], stored: string): AddressParts {
  return { hash, query: search, stored };
}

/** A full or forbidden storage loses no more than this. */
function keep(storage: AddressStorage, address: string): void {
  try {
    storage?.setItem(KEY, address);
  } catch {
    // The address itself has it.
  }
}
