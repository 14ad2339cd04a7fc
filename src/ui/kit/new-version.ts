import { useSyncExternalStore } from "react";
import { Workbox } from "workbox-window";

/** A newer version of the page that waits to be loaded; null while there is none. */
let waiting: Workbox | null = null;
const listeners = new Set<() => void>();

/** Keeps the page for use without its server, and watches for newer versions. Where the browser cannot, the page works all the same. */
export function keepForOffline(address: string): void {
  if (!("serviceWorker" in navigator)) return;
  const registration = new Workbox(address);
  registration.addEventListener("waiting", () => {
    waiting = registration;
    for (const tell of listeners) tell();
  });
  registration.register().catch((error: unknown) => console.warn("The page is not kept for use offline:", error));
}

/** Loads the page anew in its newer version. */
export function loadNewVersion(): void {
  waiting?.addEventListener("controlling", () => location.reload());
  waiting?.messageSkipWaiting();
}

/** Whether a newer version of the page waits. */
export function useNewVersion(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => waiting !== null,
    () => false,
  );
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
