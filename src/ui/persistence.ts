import type { StudioStore } from "../state/store";

/** Asks the browser not to remove what is stored when the disk is short; its answer. Workers cannot ask. */
export async function askToKeep(): Promise<boolean> {
  return (await globalThis.navigator?.storage?.persist?.()) ?? false;
}

/** Asks once, when there is a data set: before that there is nothing to lose. */
export function keepOnceStored(store: StudioStore, ask: () => Promise<boolean> = askToKeep): void {
  const unsubscribe = store.subscribe(({ facts }) => {
    if (facts.dataset.kind !== "stored") return;
    unsubscribe();
    void ask();
  });
}
