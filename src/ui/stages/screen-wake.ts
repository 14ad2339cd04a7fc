/** The part of `navigator.wakeLock` that is used. */
export interface WakeLocks {
  request(type: "screen"): Promise<WakeLockHeld>;
}

interface WakeLockHeld {
  release(): Promise<void>;
  addEventListener(type: "release", listener: () => void): void;
}

/** The part of a document that tells whether it is seen. */
export interface Visible {
  readonly visibilityState: string;
  addEventListener(type: "visibilitychange", listener: () => void): void;
  removeEventListener(type: "visibilitychange", listener: () => void): void;
}

export type WakeState = "held" | "hidden" | "refused";

/**
 * Keeps the screen on until the returned function is called. The browser lets go whenever the page is hidden, and may do so when
 * the battery is low: it is asked again each time the page is seen again.
 */
export function keepScreenOn(locks: WakeLocks, page: Visible, onState: (state: WakeState) => void): () => void {
  let held: WakeLockHeld | null = null;
  let ended = false;
  const acquire = async (): Promise<void> => {
    if (held !== null || page.visibilityState !== "visible") return;
    try {
      const lock = await locks.request("screen");
      if (ended || held !== null) return await lock.release();
      held = lock;
      lock.addEventListener("release", () => {
        held = null;
        if (!ended) onState("hidden");
      });
      onState("held");
    } catch {
      if (!ended) onState("refused");
    }
  };
  const look = (): void => void acquire();
  page.addEventListener("visibilitychange", look);
  look();
  return () => {
    ended = true;
    page.removeEventListener("visibilitychange", look);
    void held?.release();
  };
}
