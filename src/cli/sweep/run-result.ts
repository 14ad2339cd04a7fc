import { CheckpointError } from "../../base/errors";
import { decodeEvaluation, EVALUATION_FILE } from "../../engine/evaluation-file";
import { decodePlan, PLAN_FILE } from "../../engine/plan-file";
import { groupingSpec } from "../../model/build";
import type { RunRecord } from "../../model/run";
import { adjustedRandIndex } from "../../splitnet/agreement";
import type { EvaluationPair } from "../../splitnet/evaluation";
import type { RunFolder } from "../run-folder";

/** What came out of a run so far: small files only, no checkpoint is read. */
export interface RunResult {
  readonly record: RunRecord;
  readonly evaluation: EvaluationPair | null;
  /** Group of each class, null before the split. */
  readonly classGroups: readonly number[] | null;
  /** Adjusted Rand index of the groups of classes and the superclasses. */
  readonly agreement: number | null;
  /** Wall-clock seconds of all stages. */
  readonly seconds: number;
  readonly adapter: string | null;
}

/** Throws StudioError where a file of the run is damaged beyond its copy. */
export async function readResult(folder: RunFolder, record: RunRecord): Promise<RunResult> {
  const classGroups = await classGroupsIn(folder, record);
  const { adapter, stages } = await folder.effort();
  return {
    record,
    evaluation: record.evaluated ? await evaluationIn(folder, record) : null,
    classGroups,
    agreement: classGroups === null ? null : adjustedRandIndex(classGroups, record.superclassOf),
    seconds: Object.values(stages).reduce((sum, { seconds }) => sum + seconds, 0),
    adapter: adapter?.description ?? null,
  };
}

async function classGroupsIn({ runs }: RunFolder, record: RunRecord): Promise<readonly number[] | null> {
  const stored = await runs.readFile(record.id, PLAN_FILE);
  if (stored === null) return null;
  const partitions = decodePlan(stored.bytes, groupingSpec(record.config, record.classes.length));
  return partitions.get("classes")?.groupOf ?? record.classes.map(() => 0);
}

async function evaluationIn({ path, runs }: RunFolder, { id }: RunRecord): Promise<EvaluationPair> {
  const stored = await runs.readFile(id, EVALUATION_FILE);
  const evaluation = stored === null ? null : decodeEvaluation(stored.bytes);
  if (evaluation !== null) return evaluation;
  throw new CheckpointError(`${path}: its evaluation is damaged`, `Make it anew with \`splitnet evaluate --run ${path}\`.`);
}
