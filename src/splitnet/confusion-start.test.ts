import { describe, expect, test } from "vitest";
import { matrix } from "../base/matrix";
import { permutation, randomStream, uniformOf } from "../base/random";
import { type HostTensor, tensorNamed } from "../base/tensor";
import { groupingSpec } from "../model/build";
import { mergeIndices } from "../model/grouping";
import { initialParameters } from "../model/initial";
import { groupedLayers } from "../model/lookup";
import { logitsName, weightsName } from "../model/parameters";
import { presetConfig } from "../model/presets";
import type { ModelSpec } from "../model/spec";
import { adjustedRandIndex } from "./agreement";
import { biasedLogits, confusionGroups, softConfusion } from "./confusion-start";
import { groupSizes, type Partitions } from "./partition";

const specOf = (grouping: string, classes: number): ModelSpec => groupingSpec({ ...presetConfig("tiny"), grouping }, classes);

/** Confusion that is higher within a family, higher still within a pair of families, and noisy. */
function plantedConfusion(families: readonly number[], seed: number) {
  const stream = randomStream(seed, "sample");
  const n = families.length;
  const confusion = matrix(n, n);
  for (let a = 0; a < n; a++) {
    for (let b = 0; b < a; b++) {
      const [family, other] = [families[a]!, families[b]!];
      const strength = family === other ? 0.08 : family >> 1 === other >> 1 ? 0.03 : 0.01;
      const value = strength * (0.5 + uniformOf(stream.words(a * n + b)[0]));
      confusion.data[a * n + b] = value;
      confusion.data[b * n + a] = value;
    }
  }
  return confusion;
}

/** Families 0 .. count-1 of equal size, in an order of their own. */
function shuffledFamilies(classes: number, count: number, seed: number): number[] {
  return Array.from(permutation(randomStream(seed, "groups"), classes, 0), (place) => place % count);
}

describe.each([1, 2, 3, 4, 5])("planted families, seed %i", (seed) => {
  test("two are found among 16 classes", () => {
    const families = shuffledFamilies(16, 2, seed).map((family) => 2 * family);
    const spec = specOf("2-2-2", 16);
    const groups = confusionGroups(spec, initialParameters(spec, seed), plantedConfusion(families, seed));
    expect(adjustedRandIndex(groups.get("classes")!.groupOf, families)).toBe(1);
  });

  test("four are found, and families that are alike are merged where the network has two branches", () => {
    const families = shuffledFamilies(16, 4, seed);
    const spec = specOf("2-4-4", 16);
    const { groupOf } = confusionGroups(spec, initialParameters(spec, seed), plantedConfusion(families, seed)).get("classes")!;
    expect(adjustedRandIndex(groupOf, families)).toBe(1);
    const merged = groupOf.map((group) => mergeIndices(4, 2)[group]!);
    expect(
      adjustedRandIndex(
        merged,
        families.map((family) => family >> 1),
      ),
    ).toBe(1);
  });
});

/** Weights that are a hundred times smaller outside the blocks of `truth`. */
function blockWeights(spec: ModelSpec, truth: Partitions, seed: number): Map<string, HostTensor> {
  const parameters = new Map(initialParameters(spec, seed));
  for (const layer of groupedLayers(spec)) {
    const groupsOf = (space: string): number[] => {
      const { groups, groupOf } = truth.get(space)!;
      return groupOf.map((group) => mergeIndices(groups, layer.groups)[group]!);
    };
    const [inputs, outputs] = [groupsOf(layer.inputSpace), groupsOf(layer.outputSpace)];
    const { shape, data } = tensorNamed(parameters, weightsName(layer));
    const blocked = data.map((weight, index) => {
      const [row, column] = [Math.floor(index / outputs.length) % inputs.length, index % outputs.length];
      return inputs[row] === outputs[column] ? weight : 0.01 * weight;
    });
    parameters.set(weightsName(layer), { shape, data: blocked });
  }
  return parameters;
}

test.each(["2-2-2", "2-4-4", "2-2-4", "1-2-3"])(
  "in a network of %s, channels follow their weights back to the first grouped layer",
  (grouping) => {
    const families = shuffledFamilies(12, grouping.endsWith("3") ? 3 : 4, 3);
    const spec = specOf(grouping, 12);
    const confusion = plantedConfusion(families, 2);
    // The truth is a division of the channels into even groups, in an order of its own; that of the classes follows from the confusion.
    const { groupOf } = confusionGroups(spec, initialParameters(spec, 1), confusion).get("classes")!;
    const truth: Partitions = new Map(
      spec.spaces
        .filter(({ groups }) => groups > 1)
        .map(({ name, groups, size }, index) => {
          if (name === "classes") return [name, { groups, groupOf }];
          const order = permutation(randomStream(8, "groups"), size, index);
          return [name, { groups, groupOf: Array.from(order, (place) => mergeIndices(size, groups)[place]!) }];
        }),
    );
    const found = confusionGroups(spec, blockWeights(spec, truth, 4), confusion);
    expect([...found.keys()]).toEqual([...truth.keys()]);
    for (const [space, { groups, groupOf: expected }] of truth) {
      const own = found.get(space)!;
      expect([space, own.groups, adjustedRandIndex(own.groupOf, expected)]).toEqual([space, groups, 1]);
      // Not only the same sets: the same numbers, or the blocks would not be blocks.
      expect(own.groupOf).toEqual(expected);
    }
  },
);

test("channels without weights, and confusions of nothing, still make groups of equal sizes", () => {
  const spec = specOf("2-2-4", 8);
  const zeros = new Map(
    [...initialParameters(spec, 1)].map(([name, { shape, data }]) => [name, { shape, data: data.map(() => 0) }]),
  );
  for (const { groups, groupOf } of confusionGroups(spec, zeros, matrix(8, 8)).values()) {
    expect(new Set(groupSizes({ groups, groupOf })).size).toBe(1);
  }
});

test("soft confusion is the mean probability of the other class, either way", () => {
  // Two images of class 0, one of class 1, none of class 2; probabilities of quarters and halves.
  const logits = Float32Array.from([0.5, 0.25, 0.25, 0.25, 0.25, 0.5, 0.25, 0.5, 0.25], Math.log);
  const { data } = softConfusion(logits, [0, 0, 1], 3);
  const expected = [0, (0.25 + 0.25) / 2, (0.375 + 0) / 2, 0.25, 0, (0.25 + 0) / 2, 0.1875, 0.125, 0];
  // Logits are float32.
  expected.forEach((value, index) => {
    expect(data[index]).toBeCloseTo(value, 6);
  });
});

test("the bias goes to the found group alone", () => {
  const spec = specOf("2-2-2", 4);
  const parameters = initialParameters(spec, 1);
  const groups = confusionGroups(spec, parameters, plantedConfusion([0, 2, 2, 0], 1));
  const biased = biasedLogits(groups, parameters, 0.5);
  for (const [space, { groupOf }] of groups) {
    const [before, after] = [parameters, biased].map((tensors) => tensorNamed(tensors, logitsName(space)).data);
    groupOf.forEach((own, member) => {
      for (const group of [0, 1]) {
        const at = group * groupOf.length + member;
        expect(after![at]).toBe(Math.fround(before![at]! + (group === own ? 0.5 : 0)));
      }
    });
  }
});
