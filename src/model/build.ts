import type { Config } from "./config";
import { parseGrouping } from "./grouping";
import type { ModelSpec } from "./spec";
import { wideResnet } from "./wide-resnet";

/** Stage 1: the dense network whose grouping is learned, always pre-activation as published. */
export function groupingSpec(config: Config, classes: number): ModelSpec {
  return wideResnet({ ...shared(config, classes), blockOrder: "pre-activation", dropout: config.group.dropoutKeep < 1 });
}

/** Stage 2 before its weighted layers are cut into blocks: the layer order that `planSplit` blocks. */
export function unblockedSplitSpec(config: Config, classes: number): ModelSpec {
  return wideResnet({ ...shared(config, classes), blockOrder: config.blockOrder, dropout: config.finetune.dropoutKeep < 1 });
}

function shared(config: Config, classes: number) {
  return {
    residualUnits: (config.model.depth - 4) / 6,
    widen: config.model.widen,
    classes,
    grouping: parseGrouping(config.grouping),
  };
}
