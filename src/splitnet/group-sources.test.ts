import { expect, test } from "vitest";
import { randomGroups, semanticGroups } from "./group-sources";
import { groupSizes } from "./partition";

/** CIFAR-100's superclasses as the archive names them, in label order; five classes each. */
const CIFAR =
  "aquatic_mammals, fish, flowers, food_containers, fruit_and_vegetables, household_electrical_devices, household_furniture, insects, \
large_carnivores, large_man-made_outdoor_things, large_natural_outdoor_scenes, large_omnivores_and_herbivores, medium_mammals, \
non-insect_invertebrates, people, reptiles, small_mammals, trees, vehicles_1, vehicles_2".split(", ");
const cifar = { superclasses: CIFAR, superclassOf: Array.from({ length: 100 }, (_, label) => label % 20) };

const sizesOf = (groupOf: readonly number[], groups: number): number[] => groupSizes({ groups, groupOf });

test("random groups have the sizes asked for, follow from the seed, and differ between seeds", () => {
  const [once, again, other] = [1, 1, 2].map((seed) => randomGroups([5, 3, 8], seed));
  expect(sizesOf(once!, 3)).toEqual([5, 3, 8]);
  expect(again).toEqual(once);
  expect(other).not.toEqual(once);
});

test("superclasses are merged whole, to groups of even numbers of classes", () => {
  const superclassOf = [0, 0, 0, 0, 1, 1, 2, 2, 2, 3, 4, 4, 4];
  const groupOf = semanticGroups({ superclasses: ["a", "b", "c", "d", "e"], superclassOf }, 2);
  // From the largest on: 4, then | 3, | 6, 6 |, and of two groups of 6 the first gets the last one.
  expect(groupOf).toEqual(superclassOf.map((superclass) => [0, 0, 1, 0, 1][superclass]));
  expect(semanticGroups({ superclasses: ["a", "b"], superclassOf: [1, 0, 1, 0] }, 2)).toEqual([1, 0, 1, 0]);
});

test.each([
  [2, [65, 35]],
  [3, [30, 35, 35]],
  [4, [30, 35, 15, 20]],
  [5, [30, 20, 15, 15, 20]],
])("of CIFAR-100, %i groups are the authors' tree of living and other things", (groups, sizes) => {
  const groupOf = semanticGroups(cifar, groups);
  expect(sizesOf(groupOf, groups)).toEqual(sizes);
  const groupNamed = (name: string): number => groupOf[CIFAR.indexOf(name)]!;
  expect(groupNamed("people")).toBe(groupNamed("aquatic_mammals"));
  expect(groupNamed("vehicles_1")).toBe(groupNamed("large_man-made_outdoor_things"));
  expect(groupNamed("trees")).toBeLessThan(groupNamed("food_containers"));
});

test("of CIFAR-100, other numbers of groups are even merges", () => {
  expect(sizesOf(semanticGroups(cifar, 10), 10)).toEqual(new Array(10).fill(10));
});

test("more groups than superclasses are refused", () => {
  expect(() => semanticGroups({ superclasses: ["a", "b", "c"], superclassOf: [0, 0, 2] }, 3)).toThrow(
    "2 superclasses cannot make 3 groups",
  );
});
