import { CheckpointError, RequestError } from "../base/errors";
import { readOnnx } from "../export/onnx-import";
import { type MergedNetwork, readPortableParts } from "../export/portable-parts";
import { readTfjs } from "../export/tfjs-import";
import type { RunRecord } from "../model/run";
import type { Cut } from "../splitnet/pipeline";
import type { NetworkTensors } from "../splitnet/slice";
import type { RunStore } from "../storage/stores";
import { startingFrom } from "../train/state";
import { encodeHistory, HISTORY_FILE } from "./assignment-history";
import { checkpointName, decodeCheckpoint, encodeCheckpoint } from "./checkpoint";
import type { WeightFiles } from "./chosen-files";
import { finetuneTraining, groupTraining, storedCut } from "./networks";
import { PLAN_FILE } from "./plan-file";
import { newRecord, storedRun } from "./runs";
import { lastCheckpoint } from "./stored-checkpoint";
import { readCopy } from "./stored-copies";
import { storedHistory } from "./stored-history";
import { writeRun } from "./written-run";

/** Where the run that the weights are of is, and where the one that they become is to be: mostly the same. */
export interface WeightsContext {
  readonly from: RunStore;
  readonly runs: RunStore;
  readonly now: () => number;
}

/**
 * Begins a run of its own with the stage 1 and the plan of a split run, and weights of another program as its finished stage 2: momentum at rest, not
 * evaluated. That run stays as it is. Throws RequestError where it is not split, CheckpointError where the weights are not of its
 * network or its own files are damaged; then nothing is stored.
 */
export async function importWeights({ from, runs, now }: WeightsContext, id: string, files: WeightFiles): Promise<RunRecord> {
  const parent = await splitRun(from, id);
  const grouped = await readCopy(from, id, "group", "last");
  const plan = await from.readFile(id, PLAN_FILE);
  if (grouped === null || plan === null) throw damagedStage1(id);
  const cut = await storedCut({ runs: from }, parent, decodeCheckpoint(grouped, { ...groupTraining(parent), run: parent }).state);
  const own = (await lastCheckpoint({ runs: from }, parent, finetuneTraining(cut))) ?? cut.sliced;
  const { tensors, parts } = readWeights(files, cut, own);
  const { config, datasetId, datasetSource, classes, superclasses, superclassOf } = parent;
  const child = await newRecord(runs, { config, datasetId, datasetSource, classes, superclasses, superclassOf }, now());
  const record: RunRecord = {
    ...child,
    phase: "finetuned",
    checkpointStep: config.finetune.steps,
    forkedFrom: { runId: id, stage: "finetune", step: parent.checkpointStep },
    importedFrom: { format: files.format, parts },
  };
  const history = await storedHistory({ runs: from }, parent);
  const metrics = (await from.readMetrics(id)).filter(({ stage }) => stage === "group");
  return writeRun(runs, record, metrics, [
    [checkpointName("group"), grouped],
    [PLAN_FILE, plan.bytes],
    [checkpointName("finetune"), finishedStage2(record, cut, tensors)],
    ...(history.length > 0 ? [[HISTORY_FILE, encodeHistory(history)] as const] : []),
  ]);
}

/** The checkpoint at the end of stage 2. */
export function finishedStage2(record: RunRecord, cut: Cut, { parameters, statistics }: NetworkTensors): Uint8Array {
  const state = { ...startingFrom(parameters, statistics), step: record.config.finetune.steps };
  return encodeCheckpoint({ state, best: null }, { ...finetuneTraining(cut), run: record });
}

function readWeights(files: WeightFiles, { plan, tree }: Cut, own: NetworkTensors): MergedNetwork {
  switch (files.format) {
    case "safetensors":
      return readPortableParts(files.bytes, plan, tree, own);
    case "tfjs":
      return { tensors: readTfjs(files.files, plan, tree), parts: null };
    case "onnx":
      return { tensors: readOnnx(files.bytes, plan), parts: null };
    default:
      return files satisfies never;
  }
}

async function splitRun(runs: RunStore, id: string): Promise<RunRecord> {
  const run = await storedRun(runs, id);
  if (run.phase === "finetuning" || run.phase === "finetuned") return run;
  throw new RequestError(
    `run ${id} is not split, and weights alone are those of a split network`,
    "Open the run that they were exported from, or split this one first.",
  );
}

function damagedStage1(id: string): CheckpointError {
  return new CheckpointError(
    `stage 1 of run ${id} is damaged, and its stage 2 stands on it`,
    "Resume or export the run, which trains what is damaged again; then load the weights.",
  );
}
