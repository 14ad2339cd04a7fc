import { CheckpointError } from "../base/errors";
import { configFingerprint } from "../model/fingerprint";
import type { RunOrigin, RunRecord } from "../model/run";
import type { RunStore } from "../storage/stores";
import { checkpointHeader, checkpointName, decodeCheckpoint } from "./checkpoint";
import type { EngineContext } from "./context";
import { finetuneTraining, groupTraining, storedCut } from "./networks";
import { unpackRun } from "./run-archive";
import { newRecord } from "./runs";
import { lastCheckpoint } from "./stored-checkpoint";
import { isZip } from "./zip-members";

type ImportContext = Pick<EngineContext, "runs" | "now">;

/**
 * Takes up a file to go on from: a saved run, an exported bundle, or a single checkpoint. Returns the run's record; throws CheckpointError or
 * StorageError where the file is none of them, and then nothing is stored.
 */
export function importRun(context: ImportContext, bytes: Uint8Array): Promise<RunRecord> {
  return isZip(bytes) ? unpackRun(context.runs, bytes) : importCheckpoint(context, bytes);
}

/**
 * A checkpoint is put back into the run that it is ahead of, where there is one; one of stage 1 is enough for a run of its own. The curves
 * up to it stay where they were made.
 */
async function importCheckpoint({ runs, now }: ImportContext, bytes: Uint8Array): Promise<RunRecord> {
  const { stage, step, origin } = checkpointHeader(bytes);
  if (origin === null) {
    throw new CheckpointError("the checkpoint is of version 1, which does not tell what its run began with", WHOLE_RUN);
  }
  const run =
    stage === "group"
      ? ((await groupingRun(runs, origin, step)) ?? (await newRecord(runs, origin, now())))
      : await finetuningRun(runs, origin, bytes, step);
  if (stage === "group") decodeCheckpoint(bytes, { ...groupTraining(run), run });
  await runs.writeFile(run.id, checkpointName(stage), bytes);
  const record: RunRecord = { ...run, checkpointStep: step, failure: null };
  await runs.put(record);
  return record;
}

const WHOLE_RUN = "Load the whole run instead, as Save as file made it.";

/** The newest run in stage 1 that began with the same and has not come so far. */
async function groupingRun(runs: RunStore, origin: RunOrigin, step: number): Promise<RunRecord | null> {
  const alike = await runsAlike(runs, origin, "grouping");
  return alike.find(({ checkpointStep }) => checkpointStep < step) ?? null;
}

/** The newest run in stage 2 that was split by the checkpoint's plan and has not come so far. */
async function finetuningRun(runs: RunStore, origin: RunOrigin, bytes: Uint8Array, step: number): Promise<RunRecord> {
  for (const run of await runsAlike(runs, origin, "finetuning")) {
    if (!(await belongsTo(runs, run, bytes))) continue;
    if (run.checkpointStep < step) return run;
    throw new CheckpointError(
      `run ${run.id} has a checkpoint of step ${run.checkpointStep} already; this one is of step ${step}`,
      "Resume the run as it is.",
    );
  }
  throw new CheckpointError(
    "the checkpoint is of stage 2, and the run that it belongs to is not here: its plan and stage 1 are needed too",
    WHOLE_RUN,
  );
}

async function runsAlike(runs: RunStore, { config, datasetId }: RunOrigin, phase: RunRecord["phase"]): Promise<RunRecord[]> {
  const wanted = configFingerprint(config);
  const records = await runs.list();
  return records.filter((run) => run.phase === phase && run.datasetId === datasetId && configFingerprint(run.config) === wanted);
}

async function belongsTo(runs: RunStore, run: RunRecord, bytes: Uint8Array): Promise<boolean> {
  const grouped = await lastCheckpoint({ runs }, run, groupTraining(run));
  if (grouped === null) return false;
  try {
    decodeCheckpoint(bytes, { ...finetuneTraining(await storedCut({ runs }, run, grouped)), run });
    return true;
  } catch (error) {
    if (error instanceof CheckpointError) return false;
    throw error;
  }
}
