import { StorageError, StudioError } from "../base/errors";

/** Cures by the names browsers and the codes Node give to what went wrong. */
const CURES: Readonly<Record<string, string>> = {
  QuotaExceededError: "Free some disk space, or remove old runs and free their space, then try again.",
  ENOSPC: "Free some disk space, then try again.",
  EDQUOT: "Free some of your disk quota, then try again.",
  EACCES: "Choose a folder that you may write to.",
  EPERM: "Choose a folder that you may write to.",
  EROFS: "Choose a folder on a disk that can be written.",
  NoModificationAllowedError: "Close other tabs of the studio, then try again.",
  InvalidStateError: "Reload the page; leave the private window if this is one.",
  SecurityError: "Allow this site to store data, or leave the private window.",
};

const GENERAL_CURE = "Try again; if it stays so, reload the page or restart the program. What was stored before is kept.";

/** What a failed read or write means for a person. `action` completes "failed while ...". */
export function storageFailure(action: string, error: unknown): StorageError {
  const reason = (error instanceof Error ? error.message || error.name : String(error)).replace(/\.$/, "");
  const cure = CURES[codeOf(error)] ?? GENERAL_CURE;
  return new StorageError(`storage failed while ${action}: ${reason}`, cure, { cause: error });
}

/** Runs storage work; failures that do not name a cure yet become StorageError. */
export async function guarded<Value>(action: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof StudioError ? error : storageFailure(action, error);
  }
}

/** Node's error code ("ENOENT") or the browser's error name ("NotFoundError"). */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
