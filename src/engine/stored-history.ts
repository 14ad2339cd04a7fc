import { CheckpointError } from "../base/errors";
import type { RunRecord } from "../model/run";
import { type AssignmentSnapshot, decodeHistory, HISTORY_FILE } from "./assignment-history";
import { groupTraining } from "./networks";
import type { CheckpointFiles } from "./stored-checkpoint";

/** The assignments of a run over time; none where the file is missing or damaged: a run goes on without its pictures. */
export async function storedHistory({ runs }: CheckpointFiles, run: RunRecord): Promise<readonly AssignmentSnapshot[]> {
  const file = await runs.readFile(run.id, HISTORY_FILE);
  if (file === null) return [];
  try {
    return decodeHistory(file.bytes, groupTraining(run).spec);
  } catch (error) {
    if (error instanceof CheckpointError) return [];
    throw error;
  }
}
