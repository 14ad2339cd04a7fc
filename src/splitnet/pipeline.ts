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

/**
 * The middle of SplitNet (Kim et al. 2017, algorithm 1), between learning the groups and fine-tuning the split: discretise the
 * assignments, plan the split, slice the weights. A pure function of the trained network.
 */
export function cutNetwork(config: Config, classes: number, grouped: NetworkTensors): Cut {
  const dense = groupingSpec(config, classes);
  const partitions = discretize(dense, grouped.parameters, config.emptyGroups);
  const plan = planSplit(unblockedSplitSpec(config, classes), partitions);
  const sliced = sliceState(dense, plan, grouped);
  return { dense, partitions, plan, sliced, tree: splitTree(dense, plan) };
}
