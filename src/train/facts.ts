import type { HostTensor } from "../base/tensor";
import type { StepMetric, ValidationMetric } from "../model/run";
import type { TrainState } from "./state";

/** What training reports. `fit` yields these; storing and drawing them is somebody else's work. */
export type FitFact =
  | { readonly kind: "steps"; readonly metrics: readonly StepMetric[]; readonly imagesPerSecond: number }
  | { readonly kind: "validated"; readonly metric: ValidationMetric }
  /** Assignment probabilities [groups, size] by space name; `kept` ones are for the history of the run, others for the moment. */
  | {
      readonly kind: "assignments";
      readonly step: number;
      readonly assignments: ReadonlyMap<string, HostTensor>;
      readonly kept: boolean;
    }
  | { readonly kind: "checkpoint"; readonly state: TrainState };
