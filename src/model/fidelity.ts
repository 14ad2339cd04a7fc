import type { Config } from "./config";

/**
 * Where the published code and a sound reading of the method part (docs/design/fidelity.md gives the reasons). "sound" is the default;
 * "published" reproduces the code that produced the published numbers, and the others one quirk of it each, so that a study can tell what it changes.
 */
export const FIDELITIES = [
  "sound",
  "published",
  "published-crops",
  "published-validation",
  "published-roots",
  "published-whitening",
] as const;
export type Fidelity = (typeof FIDELITIES)[number];

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

const SOUND: FidelityRules = { cropOffsets: 9, dropoutInEvaluation: false, groupLassoEpsilon: 1e-12, whiteningGuard: 1e-6 };
const PUBLISHED: FidelityRules = { cropOffsets: 8, dropoutInEvaluation: true, groupLassoEpsilon: 0, whiteningGuard: 0 };

const RULES: Readonly<Record<Fidelity, FidelityRules>> = {
  sound: SOUND,
  published: PUBLISHED,
  "published-crops": { ...SOUND, cropOffsets: PUBLISHED.cropOffsets },
  "published-validation": { ...SOUND, dropoutInEvaluation: PUBLISHED.dropoutInEvaluation },
  "published-roots": { ...SOUND, groupLassoEpsilon: PUBLISHED.groupLassoEpsilon },
  "published-whitening": { ...SOUND, whiteningGuard: PUBLISHED.whiteningGuard },
};

export function fidelityRules(fidelity: Fidelity): FidelityRules {
  return RULES[fidelity];
}

/** What the published code did in one choice: its switches, and the second stage of another network that it trains. */
export function asPublished(config: Config): Config {
  return { ...config, fidelity: "published", blockOrder: "post-activation" };
}
