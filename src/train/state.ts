import { filled, type NamedTensors } from "../base/tensor";
import { initialParameters, initialStatistics } from "../model/initial";
import type { ModelSpec } from "../model/spec";

/** Everything a stage needs to continue as if it had never stopped: random draws are functions of seed and step. */
export interface TrainState {
  /** Optimiser steps done. */
  readonly step: number;
  /** Weights and, in stage 1, assignment logits. */
  readonly parameters: NamedTensors;
  /** Momentum accumulator of each parameter. */
  readonly momentum: NamedTensors;
  /** Running means and variances. */
  readonly statistics: NamedTensors;
}

/** A fresh network before its first step. */
export function initialState(spec: ModelSpec, seed: number): TrainState {
  return startingFrom(initialParameters(spec, seed), initialStatistics(spec));
}

/** Given tensors before their first step, with momentum at rest: how fine-tuning begins. */
export function startingFrom(parameters: NamedTensors, statistics: NamedTensors): TrainState {
  const momentum = new Map([...parameters].map(([name, { shape }]) => [name, filled(shape, 0)]));
  return { step: 0, parameters, momentum, statistics };
}
