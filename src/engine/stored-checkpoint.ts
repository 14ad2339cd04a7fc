import { CheckpointError } from "../base/errors";
import type { RunRecord } from "../model/run";
import type { RunStore } from "../storage/stores";
import type { TrainState } from "../train/state";
import { type Checkpoint, type CheckpointOwner, checkpointName, decodeCheckpoint } from "./checkpoint";

/** Where the files of runs are read from. */
export interface CheckpointFiles {
  readonly runs: Pick<RunStore, "readFile">;
}

/** Whose checkpoint it is. */
export type StageNetwork = Omit<CheckpointOwner, "run">;

/** A checkpoint as read back. */
export interface StoredCheckpoint extends Checkpoint {
  /** Whether a later checkpoint was damaged or lost. */
  readonly previous: boolean;
}

/** The stage's last good checkpoint, null if it has none; throws CheckpointError where it belongs to something else. */
export async function storedCheckpoint(
  { runs }: CheckpointFiles,
  run: RunRecord,
  network: StageNetwork,
): Promise<StoredCheckpoint | null> {
  const file = await runs.readFile(run.id, checkpointName(network.stage));
  if (file === null) return null;
  return { ...decodeCheckpoint(file.bytes, { ...network, run }), previous: file.previous };
}

/** Its state, null if there is none. */
export async function lastCheckpoint(files: CheckpointFiles, run: RunRecord, network: StageNetwork): Promise<TrainState | null> {
  return (await storedCheckpoint(files, run, network))?.state ?? null;
}

/** What a stage goes on from. One that has been further than its beginning never begins anew without a word: CheckpointError then. */
export async function checkpointToResume(
  files: CheckpointFiles,
  run: RunRecord,
  network: StageNetwork,
): Promise<StoredCheckpoint | null> {
  const saved = await storedCheckpoint(files, run, network);
  if (saved !== null || run.checkpointStep === 0) return saved;
  throw new CheckpointError(
    `the checkpoint of step ${run.checkpointStep} and the one before it are damaged or gone`,
    "Put a copy of the run's files back if you have one; else remove this run and start a new one with Group.",
  );
}
