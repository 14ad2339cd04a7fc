import {
  add,
  argMax,
  cast,
  equal,
  logSoftmax,
  mean,
  mul,
  neg,
  oneHot,
  type Scalar,
  square,
  stack,
  sum,
  type Tensor1D,
  type Tensor2D,
} from "@tensorflow/tfjs-core";
import { layerParameters } from "../../model/parameters";
import type { ModelSpec } from "../../model/spec";
import { decays, type ObjectiveOptions } from "../objective";
import { type Penalties, penalties } from "./penalties";
import { type DeviceTensors, deviceTensor } from "./tensors";

/** Mean cross-entropy in nats of logits [N, classes] against labels [N]. */
export function crossEntropy(logits: Tensor2D, labels: Tensor1D): Scalar {
  const target = oneHot(labels, logits.shape[1]);
  return neg(mean(sum(mul(cast(target, "float32"), logSoftmax(logits)), 1)));
}

/** Share of rows whose largest logit is the label's. */
export function accuracy(logits: Tensor2D, labels: Tensor1D): Scalar {
  return mean(cast(equal(argMax(logits, 1), labels), "float32"));
}

/** Sum of half squared norms of the decayed parameters. */
export function halfSquaredNorm(spec: ModelSpec, parameters: DeviceTensors): Scalar {
  const norms = layerParameters(spec)
    .filter(decays)
    .map((parameter) => sum(square(deviceTensor(parameters, parameter.name))) as Scalar);
  return mul(sum(stack(norms)), 0.5);
}

/** Penalties times their weights, null where a stage or a network has none. */
export function weightedPenalties(spec: ModelSpec, parameters: DeviceTensors, options: ObjectiveOptions): Penalties | null {
  const { penaltyWeights } = options;
  if (penaltyWeights === null || !spec.spaces.some((space) => space.groups > 1)) return null;
  const raw = penalties(spec, parameters, options);
  return {
    overlap: mul(raw.overlap, penaltyWeights.overlap),
    weightSplit: mul(raw.weightSplit, penaltyWeights.weightSplit),
    uniform: mul(raw.uniform, penaltyWeights.uniform),
  };
}

/** Sum of scalars. */
export function total(terms: readonly Scalar[]): Scalar {
  return terms.reduce((left, right) => add(left, right));
}
