import { expect, test } from "vitest";
import { chanceOf, pairAgreements, superclassAgreements } from "./group-agreement";
import { sampleRecord, sampleSummary } from "./testing";

function run(id: string, classGroups: readonly number[] | null, changes: Parameters<typeof sampleRecord>[0] = {}) {
  return { record: sampleRecord({ id, ...changes }), summary: sampleSummary({ runId: id, classGroups }), name: id };
}
// The superclasses of the sample are 0 0 0 1 1 1.
const runs = [run("same", [1, 1, 1, 0, 0, 0]), run("mixed", [0, 0, 1, 1, 1, 0]), run("unsplit", null)];

test("groups that are the superclasses agree with them whatever their names, and a run that is not split has none", () => {
  const [same, mixed, ...others] = superclassAgreements(runs);
  expect(others).toEqual([]);
  expect(same).toMatchObject({ groups: 2, adjustedRand: 1, mutualInformation: 1 });
  // Two of three in either group: 2 pairs together in both of 6 and 6 of 15, 2.4 expected: (2 - 2.4) / (6 - 2.4).
  expect(mixed!.adjustedRand).toBeCloseTo(-1 / 9, 12);
});

test("data without superclasses, or with one a class, has none to agree with", () => {
  const none = { superclasses: ["all"], superclassOf: [0, 0, 0, 0, 0, 0] };
  const own = { superclasses: ["a", "b", "c", "d", "e", "f"], superclassOf: [0, 1, 2, 3, 4, 5] };
  expect(superclassAgreements([run("a", [0, 0, 0, 1, 1, 1], none), run("b", [0, 0, 0, 1, 1, 1], own)])).toEqual([]);
});

test("every two split runs of the same classes are a pair, once", () => {
  const other = run("other data", [0, 1, 0], { classes: ["x", "y", "z"], superclassOf: [0, 0, 1] });
  const pairs = pairAgreements([...runs, run("again", [0, 0, 0, 1, 1, 1]), other]);
  expect(pairs.map(({ first, second, adjustedRand }) => [first.name, second.name, adjustedRand === 1])).toEqual([
    ["same", "mixed", false],
    ["same", "again", true],
    ["mixed", "again", false],
  ]);
});

test("the p value is the share of random groups of the same sizes that agree as well", () => {
  // Of the 20 ways to put three of six classes into the first group, 2 give these groups. 999 tries: 0.1 +- 0.01.
  expect(
    chanceOf([
      [0, 0, 0, 1, 1, 1],
      [1, 1, 1, 0, 0, 0],
    ]),
  ).toBeCloseTo(2 / 20, 1);
  expect(
    chanceOf([
      [0, 0, 0, 1, 1, 1],
      [0, 1, 0, 1, 0, 1],
    ]),
  ).toBe(1);
});
