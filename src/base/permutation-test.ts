import { StatisticsError } from "./errors";
import { randomStream } from "./random";

/** What a permutation test found. */
export interface PermutationResult {
  /** Share of arrangements at least as extreme as the one seen, itself among them: never 0. */
  readonly p: number;
  /** Arrangements looked at. */
  readonly arrangements: number;
  /** Whether these were all there are. */
  readonly exact: boolean;
}

/** What random arrangements are drawn from; equal choices give equal results. */
export interface RandomArrangements {
  readonly draws: number;
  readonly seed: number;
}

export const DEFAULT_ARRANGEMENTS: RandomArrangements = { draws: 9_999, seed: 1 };

/** All sign patterns of up to this many differences are looked at: 65,536. */
const MOST_EXACT = 16;
/** Sums of the same numbers in another order differ by rounding; such are equal. */
const ROUNDING = 1e-9;

/**
 * Two-sided test that paired differences are symmetric about 0: how many patterns of their signs give a sum at least as far from 0
 * (Fisher 1935, The Design of Experiments, section 21). Of more than 16 differences, random patterns are looked at instead.
 * Throws StatisticsError for no differences, and for one that is not finite.
 */
export function signFlipTest(differences: readonly number[], random = DEFAULT_ARRANGEMENTS): PermutationResult {
  const count = differences.length;
  if (count === 0 || !differences.every(Number.isFinite)) {
    throw new StatisticsError(
      count === 0 ? "sign flip test: of no differences" : "sign flip test: a difference is not a finite number",
      "Compare runs that ended with a result, for at least one seed.",
    );
  }
  const scale = differences.reduce((sum, value) => sum + Math.abs(value), 0);
  const least = Math.abs(differences.reduce((sum, value) => sum + value, 0)) - ROUNDING * scale;
  const reaches = (flipped: (index: number) => boolean): boolean =>
    Math.abs(differences.reduce((sum, value, index) => sum + (flipped(index) ? -value : value), 0)) >= least;
  if (count <= MOST_EXACT) {
    const patterns = 2 ** count;
    let reached = 0;
    for (let pattern = 0; pattern < patterns; pattern++) if (reaches((index) => ((pattern >> index) & 1) === 1)) reached++;
    return { p: reached / patterns, arrangements: patterns, exact: true };
  }
  const stream = randomStream(random.seed, "permutation");
  return randomArrangements(random.draws, (draw) => {
    const words = Array.from({ length: Math.ceil(count / 32) }, (_, index) => stream.words(index, draw)[0]);
    return reaches((index) => ((words[index >> 5]! >>> (index & 31)) & 1) === 1);
  });
}

/** Counts the draws that reach what was seen, and what was seen as one more: Phipson and Smyth 2010, p never 0. */
export function randomArrangements(draws: number, reaches: (draw: number) => boolean): PermutationResult {
  let reached = 1;
  for (let draw = 0; draw < draws; draw++) if (reaches(draw)) reached++;
  return { p: reached / (draws + 1), arrangements: draws + 1, exact: false };
}
