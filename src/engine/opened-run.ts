import { matrix } from "../base/matrix";
import { type HostTensor, type NamedTensors, tensorNamed } from "../base/tensor";
import { groupingSpec } from "../model/build";
import type { CurveColumns } from "../model/curve-columns";
import { groupedSpaces } from "../model/lookup";
import { logitsName } from "../model/parameters";
import type { RunRecord } from "../model/run";
import type { ModelSpec } from "../model/spec";
import type { EvaluationPair } from "../splitnet/evaluation";
import { softmaxGroups } from "../splitnet/penalties";
import { classGroupsOf } from "../splitnet/savings";
import type { SplitTree } from "../splitnet/tree";
import type { RunStore } from "../storage/stores";
import type { AssignmentSnapshot } from "./assignment-history";
import { decodeEvaluation, EVALUATION_FILE } from "./evaluation-file";
import { storedCut } from "./networks";
import { storedRun } from "./runs";
import { lastCheckpoint } from "./stored-checkpoint";
import { storedHistory } from "./stored-history";

/** What the files of a run say, as far as a person looks at it. */
export interface OpenedFiles {
  /** Assignment probabilities [groups, size] by space at stage 1's last checkpoint, null before the first. */
  readonly assignments: { readonly step: number; readonly bySpace: ReadonlyMap<string, HostTensor> } | null;
  /** The same after earlier steps, as far as they are kept. */
  readonly history: readonly AssignmentSnapshot[];
  readonly split: { readonly tree: SplitTree; readonly classGroups: readonly number[] } | null;
  readonly evaluation: EvaluationPair | null;
}

/** Everything stored of a run that a person looks at. */
export interface OpenedRun extends OpenedFiles {
  readonly record: RunRecord;
  readonly curves: CurveColumns;
}

/** Reads a run; throws RequestError if there is none, CheckpointError if its files are damaged beyond their copies. */
export async function readRun(runs: RunStore, id: string): Promise<OpenedRun> {
  const record = await storedRun(runs, id);
  return { record, curves: await runs.readCurves(id), ...(await readRunFiles(runs, record)) };
}

/** Reads the files of a run, a checkpoint among them: 90 MB for `paper`. Throws CheckpointError if they are damaged beyond their copies. */
export async function readRunFiles(runs: RunStore, record: RunRecord): Promise<OpenedFiles> {
  const dense = groupingSpec(record.config, record.classes.length);
  const grouped = await lastCheckpoint({ runs }, record, { stage: "group", spec: dense });
  const isSplit = record.phase === "finetuning" || record.phase === "finetuned";
  const cut = isSplit && grouped !== null ? await storedCut({ runs }, record, grouped) : null;
  const evaluation = record.evaluated ? await runs.readFile(record.id, EVALUATION_FILE) : null;
  return {
    assignments: grouped === null ? null : { step: grouped.step, bySpace: assignmentsOf(dense, grouped.parameters) },
    history: await storedHistory({ runs }, record),
    split: cut === null ? null : { tree: cut.tree, classGroups: classGroupsOf(cut.plan) },
    evaluation: evaluation === null ? null : decodeEvaluation(evaluation.bytes),
  };
}

function assignmentsOf(dense: ModelSpec, parameters: NamedTensors): ReadonlyMap<string, HostTensor> {
  return new Map(
    groupedSpaces(dense).map(({ name, groups, size }) => {
      const logits = tensorNamed(parameters, logitsName(name)).data;
      const probabilities = softmaxGroups(matrix(groups, size, logits)).data;
      return [name, { shape: [groups, size], data: Float32Array.from(probabilities) }];
    }),
  );
}
