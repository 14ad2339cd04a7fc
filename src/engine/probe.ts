import { groupingSpec } from "../model/build";
import type { Config } from "../model/config";
import type { TrainingStage } from "../model/run";
import { evenSplitSpec } from "../splitnet/even-split";
import type { StepLimits, StepProblem, StepTime } from "../train/step-time";

/** A step as a device takes it, and the bytes of the device that are held meanwhile. */
export interface MeasuredStep extends StepTime {
  /** 0 where the stock kernels compute: the tensor engine does not tell. */
  readonly deviceBytes: number;
}

export type MeasureSteps = (problem: StepProblem, limits: StepLimits) => Promise<MeasuredStep>;

/** Steps of both stages together. */
const STEPS = 20;
/** A slow device takes fewer of them. */
const SECONDS_A_STAGE = 15;

export interface ProbeRequest {
  readonly config: Config;
  readonly classes: number;
  readonly signal: AbortSignal;
  readonly onStep: (stage: TrainingStage, done: number, steps: number) => void;
}

/** How fast a configuration trains here: some steps of each stage, the second one as if the groups came out even. */
export async function probe(
  measure: MeasureSteps,
  { config, classes, signal, onStep }: ProbeRequest,
): Promise<Readonly<Record<TrainingStage, MeasuredStep>>> {
  const steps = STEPS / 2;
  const stage = (name: TrainingStage, spec: StepProblem["spec"]): Promise<MeasuredStep> => {
    onStep(name, 0, steps);
    const limits = { steps, seconds: SECONDS_A_STAGE, signal, onStep: (done: number) => onStep(name, done, steps) };
    return measure({ spec, config, stage: name, batchSize: config[name].batchSize }, limits);
  };
  const group = await stage("group", groupingSpec(config, classes));
  return { group, finetune: await stage("finetune", evenSplitSpec(config, classes)) };
}
