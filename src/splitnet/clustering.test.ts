import { describe, expect, test } from "vitest";
import { matrix } from "../base/matrix";
import { normals, randomStream } from "../base/random";
import { type HostTensor, hostTensor } from "../base/tensor";
import { mergeIndices } from "../model/grouping";
import { adjustedRandIndex } from "./agreement";
import { clusteringGroups } from "./clustering";
import { kMeans } from "./k-means";

const FEATURES = 24;

/** Weights [features, classes] around a centre for every family; near families share a part of it. */
function plantedWeights(families: readonly number[], noise: number, seed: number): HostTensor {
  const stream = randomStream(seed, "sample");
  const count = Math.max(...families) + 1;
  const own = normals(stream, count * FEATURES, 1, 1);
  const shared = normals(stream, count * FEATURES, 1, 2);
  const jitter = normals(stream, families.length * FEATURES, noise, 3);
  const data = new Float32Array(FEATURES * families.length);
  families.forEach((family, label) => {
    for (let f = 0; f < FEATURES; f++) {
      const pair = shared[(family >> 1) * FEATURES + f]!;
      data[f * families.length + label] = own[family * FEATURES + f]! + 1.5 * pair + jitter[label * FEATURES + f]!;
    }
  });
  return hostTensor([FEATURES, families.length], data);
}

const FAMILIES = Array.from({ length: 22 }, (_, label) => ((label * 7) % 11) % 4);

describe.each([1, 2, 3, 4, 5])("planted weights, seed %i", (seed) => {
  const weights = plantedWeights(FAMILIES, 0.3, seed);

  test("four families are found", () => {
    expect(adjustedRandIndex(clusteringGroups(weights, 4), FAMILIES)).toBe(1);
  });

  test("merged to two levels, families that are alike stay together", () => {
    const merged = clusteringGroups(weights, 4).map((group) => mergeIndices(4, 2)[group]!);
    expect(
      adjustedRandIndex(
        merged,
        FAMILIES.map((family) => family >> 1),
      ),
    ).toBe(1);
  });

  test("the scale of the weights does not matter", () => {
    const scaled = hostTensor(
      weights.shape,
      weights.data.map((value) => 0.125 * value),
    );
    expect(clusteringGroups(scaled, 4)).toEqual(clusteringGroups(weights, 4));
  });
});

test("groups come in uneven sizes where the weights have them", () => {
  const families = [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1];
  expect(adjustedRandIndex(clusteringGroups(plantedWeights(families, 0.2, 9), 2), families)).toBe(1);
});

test("weights without any structure, even equal ones, leave no group empty", () => {
  for (const weights of [hostTensor([3, 7], new Float32Array(21)), plantedWeights([0, 0, 0, 0, 0, 0, 0], 0.1, 2)]) {
    for (const groups of [1, 2, 5, 7]) expect(new Set(clusteringGroups(weights, groups)).size).toBe(groups);
  }
});

test("more groups than classes are refused", () => {
  expect(() => clusteringGroups(hostTensor([2, 3], new Float32Array(6)), 4)).toThrow("[2, 3] cannot make 4 groups");
});

test("k-means finds clusters on a line, whatever the order of the points", () => {
  const points = [10, 0, 11, 1, 30, 0.5, 31];
  const groupOf = kMeans(matrix(points.length, 1, points), 3);
  expect(adjustedRandIndex(groupOf, [0, 1, 0, 1, 2, 1, 2])).toBe(1);
});
