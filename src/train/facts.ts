import type { HostTensor } from "../base/tensor";
import type { StepMetric, ValidationMetric } from "../model/run";
import type { TrainState } from "./state";

/** What training reports. `fit` yields these; storing and drawing them is somebody else's work. */
export type FitFact =
  | { readonly kind: "steps"; readonly metrics: readonly StepMetric[]; readonly imagesPerSecond: number }
  | { readonly kind: "validated"; readonly metric: ValidationMetric }
  /**
   * Assignment probabilities [groups, size] by space name; `kept` ones are for the history of the run, others for the moment. Block masses
   * [groups, groups] by layer name (splitnet/block-mass.ts) come with kept ones: they cost a copy of all weights. Else null.
   */
  | {
      readonly kind: "assignments";
      readonly step: number;
      readonly assignments: ReadonlyMap<string, HostTensor>;
      readonly kept: boolean;
      readonly blocks: ReadonlyMap<string, HostTensor> | null;
    }
  | { readonly kind: "checkpoint"; readonly state: TrainState };
