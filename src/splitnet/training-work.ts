import { groupingSpec } from "../model/build";
import type { Config } from "../model/config";
import { layerCosts, sumCosts } from "../model/cost";
import type { ModelSpec } from "../model/spec";
import { evenSplitSpec } from "./even-split";

/** Multiply-add FLOPs of both training stages of a configuration, the second after an even split. Throws ConfigError where that is impossible. */
export function trainingWork(config: Config, classes: number): number {
  return (
    config.group.steps * config.group.batchSize * flopsAnImage(groupingSpec(config, classes)) +
    config.finetune.steps * config.finetune.batchSize * flopsAnImage(evenSplitSpec(config, classes))
  );
}

/** Forward, input gradients and filter gradients cost about the same; the first convolution counts too. */
function flopsAnImage(spec: ModelSpec): number {
  return 3 * sumCosts(layerCosts(spec)).flops;
}
