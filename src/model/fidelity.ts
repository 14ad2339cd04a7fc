import type { Config } from "./config";

/**
 * Every switch where the published code and a sound reading of the method part (docs/design/fidelity.md gives the reasons).
 * "sound" is the default; "published" reproduces the code that produced the published numbers.
 */
export type Fidelity = "sound" | "published";

export interface FidelityRules {
  /** Crop offsets are 0 .. cropOffsets - 1; the published code never draws the last one. */
  readonly cropOffsets: number;
  /** The published code leaves dropout on while it validates. */
  readonly dropoutInEvaluation: boolean;
  /** Added under the square roots of the weight-split penalty, whose gradient is otherwise NaN at zero. */
  readonly groupLassoEpsilon: number;
  /** Added to the deviation of a channel when whitening, so that a constant channel becomes 0, not NaN. */
  readonly whiteningGuard: number;
}

const RULES: Readonly<Record<Fidelity, FidelityRules>> = {
  sound: { cropOffsets: 9, dropoutInEvaluation: false, groupLassoEpsilon: 1e-12, whiteningGuard: 1e-6 },
  published: { cropOffsets: 8, dropoutInEvaluation: true, groupLassoEpsilon: 0, whiteningGuard: 0 },
};

export function fidelityRules(fidelity: Fidelity): FidelityRules {
  return RULES[fidelity];
}

/** What the published code did in one choice: its switches, and the second stage of another network that it trains. */
export function asPublished(config: Config): Config {
  return { ...config, fidelity: "published", blockOrder: "post-activation" };
}
