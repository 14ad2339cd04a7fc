import type { PageStores } from "../storage/stores";
import { Bin } from "./bin";
import { DataLibrary } from "./data-library";
import { Mirror, type MirrorParts } from "./mirror";
import { RunDesk } from "./run-desk";
import { RunQueue, type RunQueueParts } from "./run-queue";
import { watchedRuns } from "./watched-runs";

/** What is stored, once storage is open, and who looks after it. */
export interface Shelves extends PageStores {
  readonly library: DataLibrary;
  readonly desk: RunDesk;
  readonly bin: Bin;
  readonly mirror: Mirror;
  readonly queue: RunQueue;
}

export interface ShelfParts extends Pick<MirrorParts, "locks" | "publish" | "now">, Pick<RunQueueParts, "queueValues"> {
  /** Remembers the folder that runs are mirrored into. */
  readonly mirrorValues: MirrorParts["values"];
}

export function shelvesOf({ datasets, runs: unwatched, filesIn }: PageStores, parts: ShelfParts): Shelves {
  const { publish } = parts;
  const mirror = new Mirror({ ...parts, runs: unwatched, values: parts.mirrorValues });
  const runs = watchedRuns(unwatched, mirror.watcher);
  const library = new DataLibrary(datasets);
  const desk = new RunDesk(runs, publish);
  const bin = new Bin({ ...parts, datasets, runs, library, desk });
  return { datasets, runs, filesIn, library, desk, mirror, bin, queue: new RunQueue(parts) };
}
