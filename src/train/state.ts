import type { NamedTensors } from "../base/tensor";

/** Everything a stage needs to continue as if it had never stopped: random draws are functions of seed and step. */
export interface TrainState {
  /** Optimiser steps done. */
  readonly step: number;
  /** Weights and, in stage 1, assignment logits. */
  readonly parameters: NamedTensors;
  /** Momentum accumulator of each parameter that is trained. */
  readonly momentum: NamedTensors;
  /** Running means and variances. */
  readonly statistics: NamedTensors;
}
