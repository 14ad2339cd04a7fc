import { ShapeError } from "../base/errors";
import { DEFAULT_ARRANGEMENTS, type PermutationResult, randomArrangements } from "../base/permutation-test";
import { permutation, randomStream } from "../base/random";

/**
 * Adjusted Rand index of two labellings of the same members: 1 for the same partition up to names, about 0 for chance, below 0 for
 * less than chance. Hubert and Arabie 1985, equation 5: pairs together in both, corrected for their expectation. Two labellings
 * that each put everything together, or everything apart, agree: 1.
 */
export function adjustedRandIndex(a: readonly number[], b: readonly number[]): number {
  const together = sumOfPairs(jointLabels(a, b));
  const [inA, inB] = [sumOfPairs(a), sumOfPairs(b)];
  const expected = (inA * inB) / pairs(a.length);
  const most = (inA + inB) / 2;
  return a.length < 2 || most === expected ? 1 : (together - expected) / (most - expected);
}

/**
 * Mutual information of two labellings of the same members over the mean of their entropies: 1 for the same partition up to names, 0 for
 * independent ones. Two labellings that each put everything together agree: 1.
 */
export function normalizedMutualInformation(a: readonly number[], b: readonly number[]): number {
  const joint = entropy(jointLabels(a, b));
  const [inA, inB] = [entropy(a), entropy(b)];
  return inA + inB === 0 ? 1 : (2 * (inA + inB - joint)) / (inA + inB);
}

/**
 * How often chance alone agrees as well: one-sided p of random labellings with the same sizes that reach at least this adjusted Rand
 * index. Sizes fix everything in the index but the pairs together in both, so these are what is compared, as whole numbers.
 */
export function agreementTest(a: readonly number[], b: readonly number[], random = DEFAULT_ARRANGEMENTS): PermutationResult {
  const seen = sumOfPairs(jointLabels(a, b));
  const [rows, columns] = [numbered(a), numbered(b)];
  const [height, width] = [new Set(a).size, new Set(b).size];
  const stream = randomStream(random.seed, "permutation");
  return randomArrangements(random.draws, (draw) => {
    const table = new Uint32Array(height * width);
    permutation(stream, b.length, draw).forEach((other, member) => {
      table[rows[member]! * width + columns[other]!]!++;
    });
    return table.reduce((sum, count) => sum + pairs(count), 0) >= seen;
  });
}

/** Labels as 0, 1, 2, ... in the order they occur. */
function numbered(labels: readonly number[]): readonly number[] {
  const names = [...new Set(labels)];
  return labels.map((label) => names.indexOf(label));
}

type Labels = readonly (number | string)[];

function jointLabels(a: readonly number[], b: readonly number[]): Labels {
  if (a.length === b.length) return a.map((label, member) => `${label} ${b[member]}`);
  throw new ShapeError(`labellings of ${a.length} and ${b.length} members`, "Compare groupings of the same classes.");
}

/** Members of each label. */
function countsOf(labels: Labels): readonly number[] {
  const counts = new Map<number | string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts.values()];
}

/** Pairs of members with equal labels. */
function sumOfPairs(labels: Labels): number {
  return countsOf(labels).reduce((sum, count) => sum + pairs(count), 0);
}

/** In nats. */
function entropy(labels: Labels): number {
  return countsOf(labels).reduce((sum, count) => sum - (count / labels.length) * Math.log(count / labels.length), 0);
}

function pairs(count: number): number {
  return (count * (count - 1)) / 2;
}
