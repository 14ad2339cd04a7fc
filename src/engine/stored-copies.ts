import { CheckpointError, type ErrorValue, StorageError, toErrorValue } from "../base/errors";
import { CHECKPOINT_COPIES, type CheckpointCopy, type TrainingStage } from "../model/run";
import type { RunStore } from "../storage/stores";
import { bestCheckpointName, checkpointHeader, checkpointName } from "./checkpoint";
import { storedRun } from "./runs";

/** A checkpoint of a run as stored; `top1` is its own validation, null where it has none. */
export type StoredCopy = {
  readonly stage: TrainingStage;
  readonly copy: CheckpointCopy;
} & (
  | { readonly kind: "good"; readonly step: number; readonly top1: number | null }
  | { readonly kind: "damaged"; readonly error: ErrorValue }
);

/** Every stored checkpoint of a run: of each stage the last, the one before it, and the one of the best validation. */
export async function storedCopies(runs: RunStore, id: string): Promise<readonly StoredCopy[]> {
  await storedRun(runs, id);
  const found: StoredCopy[] = [];
  for (const stage of ["group", "finetune"] as const) {
    for (const copy of CHECKPOINT_COPIES) {
      const one = await describedCopy(runs, id, stage, copy);
      if (one !== null) found.push(one);
    }
  }
  return found;
}

/** Bytes of a checkpoint, null where there is none; throws CheckpointError where it is damaged. */
export async function readCopy(
  runs: RunStore,
  id: string,
  stage: TrainingStage,
  copy: CheckpointCopy,
): Promise<Uint8Array | null> {
  if (copy === "previous") return runs.readPrevious(id, checkpointName(stage));
  const file = await runs.readFile(id, copy === "best" ? bestCheckpointName(stage) : checkpointName(stage));
  if (copy === "last" && file?.previous === true) {
    throw new CheckpointError("the last checkpoint is damaged", "Choose the previous one, or the best one.");
  }
  return file?.bytes ?? null;
}

async function describedCopy(runs: RunStore, id: string, stage: TrainingStage, copy: CheckpointCopy): Promise<StoredCopy | null> {
  try {
    const bytes = await readCopy(runs, id, stage, copy);
    if (bytes === null) return null;
    const { step, best } = checkpointHeader(bytes);
    return { stage, copy, kind: "good", step, top1: best?.step === step ? best.top1 : null };
  } catch (error) {
    if (!(error instanceof CheckpointError || error instanceof StorageError)) throw error;
    return { stage, copy, kind: "damaged", error: toErrorValue(error) };
  }
}
