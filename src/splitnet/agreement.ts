import { ShapeError } from "../base/errors";

/**
 * Adjusted Rand index of two labellings of the same members: 1 for the same partition up to names, about 0 for chance, below 0 for
 * less than chance. Hubert and Arabie 1985, equation 5: pairs together in both, corrected for their expectation. Two labellings
 * that each put everything together, or everything apart, agree: 1.
 */
export function adjustedRandIndex(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) {
    throw new ShapeError(`labellings of ${a.length} and ${b.length} members`, "Compare groupings of the same classes.");
  }
  const together = sumOfPairs(a.map((label, member) => `${label} ${b[member]}`));
  const [inA, inB] = [sumOfPairs(a), sumOfPairs(b)];
  const expected = (inA * inB) / pairs(a.length);
  const most = (inA + inB) / 2;
  return a.length < 2 || most === expected ? 1 : (together - expected) / (most - expected);
}

/** Pairs of members with equal labels. */
function sumOfPairs(labels: readonly (number | string)[]): number {
  const counts = new Map<number | string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum + pairs(count), 0);
}

function pairs(count: number): number {
  return (count * (count - 1)) / 2;
}
