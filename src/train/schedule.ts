import type { StageConfig } from "../model/config";

/** Learning rate of a step (0-based): every drop at or before the step multiplies it. */
export function learningRateAt(recipe: Pick<StageConfig, "learningRate" | "learningRateDrops">, step: number): number {
  return recipe.learningRateDrops.reduce((rate, drop) => (step >= drop.step ? rate * drop.factor : rate), recipe.learningRate);
}
