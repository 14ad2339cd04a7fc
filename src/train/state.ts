import { filled, type NamedTensors } from "../base/tensor";
import type { Config } from "../model/config";
import { initialParameters, initialStatistics } from "../model/initial";
import type { ModelSpec } from "../model/spec";
import { decidedLogits, fixedPartitions } from "../splitnet/fixed-groups";

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

/** How stage 1 begins: a fresh network, with the groups that the configuration gives, if it gives any. Weights are the same either way. */
export function groupStart(spec: ModelSpec, { seed, fixedGroups }: Pick<Config, "seed" | "fixedGroups">): TrainState {
  const fresh = initialState(spec, seed);
  if (fixedGroups === null) return fresh;
  const decided = decidedLogits(fixedPartitions(spec, fixedGroups, seed));
  return { ...fresh, parameters: new Map([...fresh.parameters, ...decided]) };
}

/** Given tensors before their first step, with momentum at rest: how fine-tuning begins. */
export function startingFrom(parameters: NamedTensors, statistics: NamedTensors): TrainState {
  const momentum = new Map([...parameters].map(([name, { shape }]) => [name, filled(shape, 0)]));
  return { step: 0, parameters, momentum, statistics };
}
