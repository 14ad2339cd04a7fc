import { at, type Matrix, matrix } from "../base/matrix";
import { permutation, randomStream } from "../base/random";
import { mergeIndices } from "../model/grouping";
import { kMeans } from "./k-means";
import { groupSizes } from "./partition";
import { numberedAlongLine, spectralRows } from "./spectral";

/** Rounds of exchanges for every member, at most: they end long before, as each one gains. */
const ROUNDS_A_MEMBER = 10;
/** A gain below this share of all affinities is rounding. */
const LEAST_GAIN = 1e-12;

/** Beginnings besides the spectral clusters: where affinities are uneven, exchanges from one alone end in the nearest optimum, not in the best. */
const SHUFFLED_BEGINNINGS = 20;

/**
 * Groups of equal size, give or take one, with as much of the affinity inside as exchanges can bring there: spectral clusters, made equal by moving who
 * loses least, and shuffled members, each improved by the best exchange of two until none gains (Kernighan and Lin 1970); the best of them counts.
 * Numbered so that contiguous runs are alike. Affinities are weighed by the degrees of both members, as in the normalised cut. Deterministic.
 */
export function balancedClusters(affinity: Matrix, groups: number): number[] {
  const weighed = weighedByDegree(affinity);
  const spectral = kMeans(spectralRows(affinity, groups), groups);
  makeEqual(spectral, groups, weighed);
  const shuffled = Array.from({ length: SHUFFLED_BEGINNINGS }, (_, round) => shuffledEvenly(affinity.rows, groups, round));
  let best = { groupOf: spectral, inside: Number.NEGATIVE_INFINITY };
  for (const groupOf of [spectral, ...shuffled]) {
    exchange(groupOf, groups, weighed);
    const inside = insideOf(groupOf, weighed);
    if (inside > best.inside) best = { groupOf, inside };
  }
  return numberedAlongLine(best.groupOf, groups, affinity);
}

/** Always the same shuffles: who asks twice gets the same groups. */
function shuffledEvenly(members: number, groups: number, round: number): number[] {
  const even = mergeIndices(members, groups);
  return Array.from(permutation(randomStream(0, "groups"), members, round), (place) => even[place]!);
}

/** Affinity of all pairs within a group. */
function insideOf(groupOf: readonly number[], weighed: Matrix): number {
  let sum = 0;
  groupOf.forEach((own, a) => {
    for (let b = 0; b < a; b++) if (groupOf[b] === own) sum += at(weighed, a, b);
  });
  return sum;
}

/** Without the diagonal: what a member is to itself moves with it. */
function weighedByDegree(affinity: Matrix): Matrix {
  const n = affinity.rows;
  const roots = Array.from({ length: n }, (_, row) => {
    const degree = affinity.data.subarray(row * n, (row + 1) * n).reduce((sum, value) => sum + value, 0);
    return degree > 0 ? 1 / Math.sqrt(degree) : 0;
  });
  const weighed = matrix(n, n);
  for (let a = 0; a < n; a++) {
    for (let b = 0; b < n; b++) weighed.data[a * n + b] = a === b ? 0 : at(affinity, a, b) * (roots[a]! * roots[b]!);
  }
  return weighed;
}

/** Moves members from groups that are too large to those that are too small; the largest keep the sizes that are larger by one. */
function makeEqual(groupOf: number[], groups: number, weighed: Matrix): void {
  const even = groupSizes({ groups, groupOf: mergeIndices(groupOf.length, groups) });
  const sizes = groupSizes({ groups, groupOf });
  const wanted = new Array<number>(groups).fill(0);
  const largestFirst = sizes.map((_, group) => group).sort((a, b) => sizes[b]! - sizes[a]! || a - b);
  largestFirst.forEach((group, rank) => {
    wanted[group] = even[rank]!;
  });
  while (sizes.some((size, group) => size > wanted[group]!)) {
    const ties = tiesOf(groupOf, groups, weighed);
    const isMove = (own: number, group: number): boolean => sizes[own]! > wanted[own]! && sizes[group]! < wanted[group]!;
    let best = { member: -1, group: -1, gain: Number.NEGATIVE_INFINITY };
    groupOf.forEach((own, member) => {
      for (let group = 0; group < groups; group++) {
        const gain = at(ties, member, group) - at(ties, member, own);
        if (isMove(own, group) && gain > best.gain) best = { member, group, gain };
      }
    });
    sizes[groupOf[best.member]!]!--;
    sizes[best.group]!++;
    groupOf[best.member] = best.group;
  }
}

/** Exchanges the two members whose exchange gains most, again and again. */
function exchange(groupOf: number[], groups: number, weighed: Matrix): void {
  const least = LEAST_GAIN * weighed.data.reduce((sum, value) => sum + value, 0);
  for (let round = 0; round < ROUNDS_A_MEMBER * groupOf.length; round++) {
    const ties = tiesOf(groupOf, groups, weighed);
    let best = { a: -1, b: -1, gain: least };
    for (let a = 0; a < groupOf.length; a++) {
      for (let b = 0; b < a; b++) {
        const [ofA, ofB] = [groupOf[a]!, groupOf[b]!];
        if (ofA === ofB) continue;
        const gained = at(ties, a, ofB) + at(ties, b, ofA) - 2 * at(weighed, a, b);
        const gain = gained - at(ties, a, ofA) - at(ties, b, ofB);
        if (gain > best.gain) best = { a, b, gain };
      }
    }
    if (best.a < 0) return;
    const { a, b } = best;
    [groupOf[a], groupOf[b]] = [groupOf[b]!, groupOf[a]!];
  }
}

/** Affinity [members, groups] of every member to every group. */
function tiesOf(groupOf: readonly number[], groups: number, weighed: Matrix): Matrix {
  const n = groupOf.length;
  const ties = matrix(n, groups);
  for (let member = 0; member < n; member++) {
    groupOf.forEach((group, other) => {
      const place = member * groups + group;
      ties.data[place] = ties.data[place]! + at(weighed, member, other);
    });
  }
  return ties;
}
