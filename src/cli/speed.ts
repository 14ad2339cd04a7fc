import { groupingSpec } from "../model/build";
import type { Config } from "../model/config";
import type { TrainingStage } from "../model/run";
import type { ModelSpec } from "../model/spec";
import { evenSplitSpec } from "../splitnet/even-split";
import type { StepTime } from "../train/step-time";
import { openDeviceHere } from "./gpu";
import type { Progress } from "./progress";
import { tuningFolder } from "./tuning-folder";

/** Whose kernels, how many steps are timed, and images a step where they are not the recipe's. */
export interface SpeedOptions {
  readonly kernels: "own" | "stock";
  readonly steps: number;
  readonly batchSize?: number;
}

/** Times of single steps of both stages on a device. */
export interface Speed {
  readonly adapter: string;
  readonly kernels: SpeedOptions["kernels"];
  readonly group: StepTime;
  readonly finetune: StepTime;
}

/** Time of a step of both stages on this machine's device, the second on the even split; on noise images. */
export async function measureSpeed(
  config: Config,
  classes: number,
  progress: Progress,
  { kernels, steps, batchSize }: SpeedOptions,
): Promise<Speed> {
  const device = await openDeviceHere(progress);
  try {
    const [{ measureStepTime }, { backendOn }] = await Promise.all([import("../train/step-time"), import("../train/backend")]);
    const { prepare } = await backendOn(device, kernels, tuningFolder());
    const measure = (spec: ModelSpec, stage: TrainingStage) =>
      measureStepTime(prepare, { spec, config, stage, batchSize: batchSize ?? config[stage].batchSize }, { steps });
    const group = await measure(groupingSpec(config, classes), "group");
    const finetune = await measure(evenSplitSpec(config, classes), "finetune");
    return { adapter: device.report.description, kernels, group, finetune };
  } finally {
    device.close();
  }
}
