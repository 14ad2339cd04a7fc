import { splitTrainValidation } from "../data/split";
import type { RunRecord } from "../model/run";
import type { FitFact } from "../train/facts";
import type { FitOptions } from "../train/fit";
import type { TrainState } from "../train/state";
import type { EngineContext, EngineFact } from "./context";
import type { StageNetwork } from "./stored-checkpoint";

/** What a stage trains. */
export interface StageTraining extends StageNetwork {
  /** `classOrder[position]` is the class of that logit. */
  readonly classOrder: readonly number[];
}

/** Trains a stage of the run from a state to its end. */
export function stageFacts(
  { dataset, summary, compute, now }: EngineContext,
  { config }: RunRecord,
  { stage, spec, classOrder }: StageTraining,
  start: TrainState,
  checkpointRequested: FitOptions["checkpointRequested"],
): AsyncGenerator<FitFact, TrainState, void> {
  const split = splitTrainValidation(dataset.train.count, summary.splitSeed);
  return compute.fit({ stage, spec, config, classOrder, dataset, split, start, checkpointRequested, now });
}

/** How far a stage has come; the speed is null before its first report. */
export function stageProgress(
  { id, config }: RunRecord,
  { stage }: StageNetwork,
  step: number,
  imagesPerSecond: number | null,
): EngineFact {
  const { steps, batchSize } = config[stage];
  const imagesLeft = (steps - step) * batchSize;
  return { kind: "progress", runId: id, stage, step, steps, imagesPerSecond, batchSize, imagesLeft };
}
