import type { Config, StageConfig } from "../model/config";
import { type FidelityRules, fidelityRules } from "../model/fidelity";
import type { TrainingStage } from "../model/run";
import type { TrainerOptions } from "./trainer";

/** What a stage trains with, from the configuration. */
export interface Recipe {
  readonly stage: StageConfig;
  readonly rules: FidelityRules;
  readonly trainer: TrainerOptions;
}

/** Stage 1 has penalties; the fine-tuning stage has cross-entropy and weight decay only. */
export function recipeOf(config: Config, stage: TrainingStage): Recipe {
  const rules = fidelityRules(config.fidelity);
  const { group } = config;
  const settings = stage === "group" ? group : config.finetune;
  return {
    stage: settings,
    rules,
    trainer: {
      weightDecay: settings.weightDecay,
      momentum: settings.momentum,
      trainBatchNormScale: settings.trainBatchNormScale,
      penaltyWeights: stage === "group" ? group.penalties : null,
      weightedSplit: group.weightedSplit,
      assignmentRateFactor: group.assignmentRateFactor,
      groupLassoEpsilon: rules.groupLassoEpsilon,
    },
  };
}
