import type { Config, StageConfig } from "../model/config";
import { type FidelityRules, fidelityRules } from "../model/fidelity";
import type { TrainingStage } from "../model/run";
import type { TrainerOptions } from "./objective";

/** What a stage trains with, from the configuration. */
export interface Recipe {
  readonly stage: StageConfig;
  readonly rules: FidelityRules;
  readonly trainer: TrainerOptions;
}

/**
 * Stage 1 has penalties; the fine-tuning stage has cross-entropy and weight decay only. Groups that are given stay: the penalties then act on
 * the weights alone.
 */
export function recipeOf(config: Config, stage: TrainingStage): Recipe {
  const rules = fidelityRules(config.fidelity);
  const { group } = config;
  const settings = stage === "group" ? group : config.finetune;
  const areGiven = config.fixedGroups !== null;
  return {
    stage: settings,
    rules,
    trainer: {
      weightDecay: settings.weightDecay,
      momentum: settings.momentum,
      trainBatchNormScale: settings.trainBatchNormScale,
      penaltyWeights: stage === "group" ? group.penalties : null,
      weightedSplit: group.weightedSplit,
      assignmentRateFactor: areGiven ? 0 : group.assignmentRateFactor,
      // Of decided groups every own block has a masked norm of exactly 0, whose square root has no gradient without an epsilon.
      groupLassoEpsilon: areGiven ? fidelityRules("sound").groupLassoEpsilon : rules.groupLassoEpsilon,
    },
  };
}

/** Seed of a stage's order and augmentation: the two stages see the examples in different orders. */
export function stageSeed(seed: number, stage: TrainingStage): number {
  return stage === "group" ? seed : (seed ^ FINETUNE_SEED) >>> 0;
}

const FINETUNE_SEED = 0x5eed0002;

/** For each class the position of its logit: the inverse of `classOrder`. */
export function columnsOf(classOrder: readonly number[]): Uint32Array {
  const columns = new Uint32Array(classOrder.length);
  classOrder.forEach((label, column) => {
    columns[label] = column;
  });
  return columns;
}
