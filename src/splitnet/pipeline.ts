import { groupingSpec, unblockedSplitSpec } from "../model/build";
import type { Config } from "../model/config";
import type { ModelSpec } from "../model/spec";
import { discretize } from "./discretize";
import type { Partitions } from "./partition";
import { planSplit } from "./plan";
import { splitTree } from "./savings";
import { type NetworkTensors, sliceState } from "./slice";
import type { SplitPlan } from "./split-plan";
import type { SplitTree } from "./tree";

/** What the pipeline needs of a training engine; each call may take days and may continue an interrupted one. */
export interface Training {
  /** Stage 1: trains weights and assignment logits of the dense network until the recipe ends. */
  learnGroups(dense: ModelSpec): Promise<NetworkTensors>;
  /** Stage 2: trains the split network from the sliced weights, with cross-entropy and weight decay only. */
  finetune(plan: SplitPlan, start: NetworkTensors): Promise<NetworkTensors>;
}

/** The network cut along its learned groups: everything between the two training stages. */
export interface Cut {
  readonly dense: ModelSpec;
  /** Hard group of every channel and class. */
  readonly partitions: Partitions;
  /** Permutations and the blocked network. */
  readonly plan: SplitPlan;
  /** Weights and statistics of the blocked network. */
  readonly sliced: NetworkTensors;
  /** Branches, their classes and their costs. */
  readonly tree: SplitTree;
}

/** SplitNet from beginning to end (Kim et al. 2017, algorithm 1). */
export async function splitnet(
  config: Config,
  classes: number,
  training: Training,
): Promise<Cut & { readonly finetuned: NetworkTensors }> {
  const grouped = await training.learnGroups(groupingSpec(config, classes));
  const cut = cutNetwork(config, classes, grouped);
  const finetuned = await training.finetune(cut.plan, cut.sliced);
  return { ...cut, finetuned };
}

/** Discretise the assignments, plan the split, slice the weights: a pure function of the trained network. */
export function cutNetwork(config: Config, classes: number, grouped: NetworkTensors): Cut {
  const dense = groupingSpec(config, classes);
  const partitions = discretize(dense, grouped.parameters, config.emptyGroups);
  const plan = planSplit(unblockedSplitSpec(config, classes), partitions);
  const sliced = sliceState(dense, plan, grouped);
  return { dense, partitions, plan, sliced, tree: splitTree(dense, plan) };
}
