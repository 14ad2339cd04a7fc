import type { Config, StageConfig } from "../model/config";
import { type FidelityRules, fidelityRules } from "../model/fidelity";
import { parseGrouping } from "../model/grouping";
import type { TrainingStage } from "../model/run";
import type { TrainerOptions } from "./objective";

/** What a stage trains with, from the configuration. */
export interface Recipe {
  readonly stage: StageConfig;
  readonly rules: FidelityRules;
  readonly trainer: TrainerOptions;
  /** How the stage begins; null for one that begins with its whole objective. */
  readonly warmup: Warmup | null;
}

/** Steps before the penalties set in, and what assignments lean to then. */
export interface Warmup {
  readonly steps: number;
  readonly trainer: TrainerOptions;
  /** Null: to nothing. */
  readonly confusion: Pick<Config["group"], "confusionImages" | "startBias"> | null;
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
  const trainer: TrainerOptions = {
    weightDecay: settings.weightDecay,
    momentum: settings.momentum,
    trainBatchNormScale: settings.trainBatchNormScale,
    penaltyWeights: stage === "group" ? group.penalties : null,
    weightedSplit: group.weightedSplit,
    assignmentRateFactor: areGiven ? 0 : group.assignmentRateFactor,
    // Of decided groups every own block has a masked norm of exactly 0, whose square root has no gradient without an epsilon.
    groupLassoEpsilon: areGiven ? fidelityRules("sound").groupLassoEpsilon : rules.groupLassoEpsilon,
  };
  const warmup = stage === "group" && group.warmupSteps > 0 ? warmupOf(config, trainer) : null;
  return { stage: settings, rules, trainer, warmup };
}

/** Groups that are given, or none at all, have nothing to lean to. */
function warmupOf({ group, grouping, fixedGroups }: Config, trainer: TrainerOptions): Warmup {
  const { warmupSteps: steps, assignmentStart, confusionImages, startBias } = group;
  const leans = assignmentStart === "confusion" && fixedGroups === null && parseGrouping(grouping).classes > 1;
  return {
    steps,
    trainer: { ...trainer, penaltyWeights: null, assignmentRateFactor: 0 },
    confusion: leans ? { confusionImages, startBias } : null,
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
