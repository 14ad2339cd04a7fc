import { RequestError } from "../base/errors";

/** The part of `navigator.locks` that is used. */
export interface Locks {
  request<Value>(name: string, options: { ifAvailable: true }, work: (lock: unknown) => Promise<Value>): Promise<Value>;
}

const LOCK = "splitnet-studio-training";

/**
 * Runs `work` while holding the studio's Web Lock: browsers do not freeze a page that holds one, and two tabs never train at once.
 * Throws RequestError where another tab has it. Without the interface the work runs unlocked.
 */
export function withTrainingLock<Value>(locks: Locks | null, work: () => Promise<Value>): Promise<Value> {
  if (locks === null) return work();
  return locks.request(LOCK, { ifAvailable: true }, (lock) => {
    if (lock !== null) return work();
    throw new RequestError("another tab of the studio is training", "Wait for it, or stop it there first.");
  });
}
