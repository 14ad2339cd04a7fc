import { type ErrorValue, StorageError, StudioError, toErrorValue } from "../base/errors";
import { type FolderHandle, isFolderHandle } from "../base/folder-handle";
import { RUN_FILES } from "../engine/run-archive";
import type { EngineEvent } from "../protocol/events";
import type { MirrorView } from "../protocol/views";
import { MirroredRun, type RunCopy } from "../storage/browser/mirror-folder";
import type { StoredValues } from "../storage/browser/values";
import { codeOf, guarded } from "../storage/failure";
import type { RunStore } from "../storage/stores";
import { ChangeGatherer, type RunChanges } from "./run-changes";
import type { Locks } from "./tabs";
import type { RunWatcher } from "./watched-runs";

export interface MirrorParts {
  readonly runs: RunStore;
  /** Keeps the folder for the next visit. */
  readonly values: StoredValues;
  /** Null where the browser has none. */
  readonly locks: Locks | null;
  readonly publish: (event: EngineEvent) => void;
  /** Unix time in milliseconds. */
  readonly now: () => number;
}

interface Chosen {
  readonly folder: FolderHandle;
  readonly writtenAt: number | null;
}

const FOLDER = "folder";
const WRITTEN_AT = "writtenAt";
/** Held while a run is copied: two tabs never write one file at once. */
const WRITING = "splitnet-studio-mirror";

/**
 * Copies every run into a folder that the person has chosen, each time its record was stored. Nobody waits for it: what is stored
 * meanwhile is gathered, and copied next. A copy that fails is told and tried again, whole, when the run is stored again.
 */
export class Mirror {
  readonly watcher: RunWatcher;
  readonly #parts: MirrorParts;
  readonly #changes: ChangeGatherer;
  /** Bytes of the copied metrics of each run that was copied whole into this folder in this visit, and completely since. */
  #whole = new Map<string, number>();
  /** Why the last copy of a run failed, by run. */
  #failures = new Map<string, ErrorValue>();
  #copying = false;

  constructor(parts: MirrorParts) {
    this.#parts = parts;
    this.#changes = new ChangeGatherer(() => void this.#copyAll());
    this.watcher = this.#changes;
  }

  /** Publishes how it stands, and copies what has changed since the last visit. */
  async open(): Promise<void> {
    await this.show();
    if ((await this.#chosen()) === null) return;
    for (const { id } of await this.#parts.runs.list()) this.#changes.look(id);
  }

  /** Publishes how it stands. */
  async show(): Promise<void> {
    this.#parts.publish({ kind: "mirrorChanged", mirror: await this.#view() });
  }

  /** Mirrors into that folder from now on, beginning with the runs that are there; also once the person has allowed it anew. */
  async start(folder: FolderHandle): Promise<void> {
    const before = await this.#chosen();
    await this.#choose(folder);
    if (!(await before?.folder.isSameEntry?.(folder))) await this.#parts.values.write(WRITTEN_AT, null);
    await this.open();
  }

  /** What was copied stays where it is. */
  async stop(): Promise<void> {
    await this.#choose(null);
    await this.show();
  }

  async #choose(folder: FolderHandle | null): Promise<void> {
    await guarded("remembering the folder to mirror into", () => this.#parts.values.write(FOLDER, folder));
    this.#whole = new Map();
    this.#failures = new Map();
  }

  async #copyAll(): Promise<void> {
    if (this.#copying) return;
    this.#copying = true;
    for (let changes = this.#changes.take(); changes !== null; changes = this.#changes.take()) await this.#copyOne(changes);
    this.#copying = false;
  }

  /** Never rejects. */
  async #copyOne(changes: RunChanges): Promise<void> {
    const chosen = await this.#chosen();
    if (chosen === null) return;
    if (!(await isAllowed(chosen.folder))) return this.show();
    // Of this folder: another one may be chosen meanwhile.
    const [whole, failures] = [this.#whole, this.#failures];
    try {
      const copied = await this.#alone(() => this.#copy(chosen.folder, changes, whole));
      const cured = failures.delete(changes.id);
      if (!copied && !cured) return;
      await this.#parts.values.write(WRITTEN_AT, this.#parts.now());
      // What was in the way of one may have been in the way of others.
      for (const id of failures.keys()) this.#changes.look(id);
    } catch (error) {
      whole.delete(changes.id);
      failures.set(changes.id, toErrorValue(mirrorFailure(chosen.folder.name, error)));
    }
    await this.show();
  }

  /** Whether there was something to copy. */
  async #copy(folder: FolderHandle, changes: RunChanges, whole: Map<string, number>): Promise<boolean> {
    const { runs } = this.#parts;
    const { id } = changes;
    const record = changes.record ?? (await runs.get(id));
    if (record === null) return false;
    const mirrored = await MirroredRun.open(folder, id);
    const known = whole.get(id);
    const isWhole = known !== undefined && known === (await mirrored.metricsLength());
    if (!isWhole) {
      if (changes.record === null && (await mirrored.holds(record))) return false;
      await mirrored.checkOurs(record);
    }
    const files = isWhole ? changes.files : await storedFiles(runs, changes);
    const metrics: RunCopy["metrics"] =
      isWhole && changes.metrics !== null
        ? { kind: "more", metrics: changes.metrics }
        : { kind: "all", metrics: await runs.readMetrics(id) };
    // Those that came while all were read are among them, and will come again.
    if (metrics.kind === "all" && this.#changes.hasMetrics(id)) this.watcher.metricsUnknown(id);
    await mirrored.write({ record, files, metrics });
    whole.set(id, await mirrored.metricsLength());
    return true;
  }

  async #alone<Value>(work: () => Promise<Value>): Promise<Value> {
    const { locks } = this.#parts;
    return locks === null ? work() : locks.request(WRITING, { mode: "exclusive", ifAvailable: false }, work);
  }

  /** Where runs are mirrored into, which another tab may have changed; null: nowhere. */
  async #chosen(): Promise<Chosen | null> {
    try {
      const folder = await this.#parts.values.read(FOLDER);
      const writtenAt = await this.#parts.values.read(WRITTEN_AT);
      return isFolderHandle(folder) ? { folder, writtenAt: typeof writtenAt === "number" ? writtenAt : null } : null;
    } catch {
      // A browser that remembers no folder has none to mirror into.
      return null;
    }
  }

  async #view(): Promise<MirrorView> {
    const chosen = await this.#chosen();
    if (chosen === null) return { kind: "off" };
    const { folder, writtenAt } = chosen;
    if (!(await isAllowed(folder))) return { kind: "waiting", folder, writtenAt };
    return { kind: "on", folder: folder.name, writtenAt, failure: [...this.#failures.values()].at(-1) ?? null };
  }
}

/** Browsers forget the permission with the page, and ask again. */
async function isAllowed(folder: FolderHandle): Promise<boolean> {
  try {
    return ((await folder.queryPermission?.({ mode: "readwrite" })) ?? "granted") === "granted";
  } catch {
    return false;
  }
}

/** All files that are stored of a run, those just written first. */
async function storedFiles(runs: RunStore, { id, files: written }: RunChanges): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map(written);
  for (const name of RUN_FILES) {
    const stored = files.has(name) ? null : await runs.readFile(id, name);
    if (stored !== null) files.set(name, stored.bytes);
  }
  return files;
}

const AGAIN = "Training goes on, and the next checkpoint tries again.";

/** In words of a person, where the browser's are not. */
const REASONS: Readonly<Record<string, string>> = {
  NotFoundError: "it is not there any more",
  NotAllowedError: "the browser or the system does not allow to write there",
};

/** Cures by the names browsers give to what went wrong. */
const CURES: Readonly<Record<string, string>> = {
  NotFoundError: "Put the folder back, or stop mirroring and choose another one.",
  NotAllowedError: "Allow the studio to write there, or stop mirroring and choose another folder.",
  NoModificationAllowedError: "Close the program that uses the file.",
  QuotaExceededError: "Free some space on that disk, or stop mirroring and choose a folder on another one.",
};

function mirrorFailure(folder: string, error: unknown): StudioError {
  const cure = error instanceof StudioError ? error.cure : (CURES[codeOf(error)] ?? "Look whether the folder can be written.");
  const told = error instanceof Error ? error.message || error.name : String(error);
  const reason = REASONS[codeOf(error)] ?? told.replace(/\.$/, "");
  return new StorageError(`mirroring into the folder ${folder} failed: ${reason}`, `${cure} ${AGAIN}`, { cause: error });
}
