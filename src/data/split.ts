import { ConfigError } from "../base/errors";
import { permutation, randomStream } from "../base/random";
import type { TrainValidationSplit } from "./dataset";

const VALIDATION_SHARE = 0.1;

/** How many of `count` training images validate. */
export function validationCountOf(count: number): number {
  return Math.max(1, Math.round(VALIDATION_SHARE * count));
}

/** Sets a tenth of `count` training images aside for validation (5,000 of 50,000), at least one; both lists ascend. */
export function splitTrainValidation(count: number, seed: number): TrainValidationSplit {
  if (!Number.isInteger(count) || count < 2) {
    throw new ConfigError(`training images: ${count} cannot be split into training and validation`, "Use at least 2 images.");
  }
  const validationCount = validationCountOf(count);
  const order = permutation(randomStream(seed, "split"), count, 0);
  return { seed, train: order.slice(validationCount).sort(), validation: order.slice(0, validationCount).sort() };
}
