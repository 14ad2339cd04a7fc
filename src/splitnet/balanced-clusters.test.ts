import { describe, expect, test } from "vitest";
import { at, type Matrix, matrix } from "../base/matrix";
import { permutation, randomStream, uniformOf } from "../base/random";
import { mergeIndices } from "../model/grouping";
import { adjustedRandIndex } from "./agreement";
import { balancedClusters } from "./balanced-clusters";
import { groupSizes } from "./partition";

/** Affinities of two members by a rule, with seeded factors of 1/2 to 3/2. */
function noisy(n: number, seed: number, strength: (a: number, b: number) => number): Matrix {
  const stream = randomStream(seed, "sample");
  const affinity = matrix(n, n);
  for (let a = 0; a < n; a++) {
    for (let b = 0; b < a; b++) {
      const value = strength(a, b) * (0.5 + uniformOf(stream.words(a * n + b)[0]));
      affinity.data[a * n + b] = value;
      affinity.data[b * n + a] = value;
    }
  }
  return affinity;
}

function within(affinity: Matrix, groupOf: readonly number[]): number {
  return groupOf.reduce(
    (sum, own, a) => sum + groupOf.reduce((inner, other, b) => inner + (own === other ? at(affinity, a, b) : 0), 0),
    0,
  );
}

/** Every affinity over the roots of the sums of both rows. */
function weighedByDegrees({ rows, columns, data }: Matrix): Matrix {
  const roots = Array.from({ length: rows }, (_, row) =>
    Math.sqrt(data.subarray(row * columns, (row + 1) * columns).reduce((sum, value) => sum + value, 0)),
  );
  return matrix(
    rows,
    columns,
    data.map((value, index) => value / (roots[Math.floor(index / columns)]! * roots[index % columns]!)),
  );
}

/** Every way to deal members to groups of one size; of those that differ in numbers alone one. */
function equalGroups(members: number, groups: number): number[][] {
  const deal = (dealt: readonly number[]): number[][] => {
    if (dealt.length === members) return [[...dealt]];
    const used = Math.min(groups - 1, Math.max(-1, ...dealt) + 1);
    const open = Array.from({ length: used + 1 }, (_, group) => group);
    return open
      .filter((group) => dealt.filter((other) => other === group).length < members / groups)
      .flatMap((group) => deal([...dealt, group]));
  };
  return deal([]);
}

describe.each([1, 2, 3, 4, 5])("seed %i", (seed) => {
  const families = Array.from(permutation(randomStream(seed, "groups"), 16, 0), (place) => place % 4);

  test("four families are found where one stands out and the others are near each other", () => {
    const affinity = noisy(16, seed, (a, b) => {
      const [family, other] = [families[a]!, families[b]!];
      if (family === other) return 0.08;
      return family === 0 || other === 0 ? 0.001 : 0.03;
    });
    expect(adjustedRandIndex(balancedClusters(affinity, 4), families)).toBe(1);
  });

  test("no other groups of equal size have more inside, of affinities as uneven as doubts are", () => {
    const strength = randomStream(seed, "permutation");
    const affinity = noisy(12, seed, (a, b) => uniformOf(strength.words(a * 12 + b)[0]) ** 6);
    const weighed = weighedByDegrees(affinity);
    const best = Math.max(...equalGroups(12, 3).map((groupOf) => within(weighed, groupOf)));
    expect(within(weighed, balancedClusters(affinity, 3))).toBeCloseTo(best, 12);
  });

  test("families that are alike are neighbours in number", () => {
    const affinity = noisy(16, seed, (a, b) =>
      families[a] === families[b] ? 0.08 : families[a]! >> 1 === families[b]! >> 1 ? 0.03 : 0.005,
    );
    const merged = balancedClusters(affinity, 4).map((group) => mergeIndices(4, 2)[group]!);
    expect(
      adjustedRandIndex(
        merged,
        families.map((family) => family >> 1),
      ),
    ).toBe(1);
  });

  test("no exchange of two members brings more inside, and sizes differ by one at most", () => {
    // Affinities by distance on a ring, so that all degrees are equal and weighing by them changes no comparison.
    const stream = randomStream(seed, "sample");
    const ring = Array.from({ length: 18 }, (_, distance) => uniformOf(stream.words(Math.min(distance, 18 - distance))[0]));
    const affinity = matrix(18, 18);
    for (let a = 0; a < 18; a++) for (let b = 0; b < 18; b++) affinity.data[a * 18 + b] = a === b ? 0 : ring[Math.abs(a - b)]!;
    const groupOf = balancedClusters(affinity, 4);
    const sizes = groupSizes({ groups: 4, groupOf });
    expect(Math.max(...sizes) - Math.min(...sizes)).toBe(1);
    for (let a = 0; a < 18; a++) {
      for (let b = 0; b < a; b++) {
        const swapped = [...groupOf];
        [swapped[a], swapped[b]] = [groupOf[b]!, groupOf[a]!];
        expect(within(affinity, swapped) - within(affinity, groupOf)).toBeLessThan(1e-9);
      }
    }
  });
});

test("uneven clusters are made equal", () => {
  const affinity = noisy(9, 1, (a, b) => (a < 7 === b < 7 ? 1 : 0.1));
  expect(groupSizes({ groups: 3, groupOf: balancedClusters(affinity, 3) })).toEqual([3, 3, 3]);
});

test("nothing at all makes equal groups", () => {
  expect(groupSizes({ groups: 3, groupOf: balancedClusters(matrix(7, 7), 3) }).sort()).toEqual([2, 2, 3]);
});
