import { describe, expect, test } from "vitest";
import { type Matrix, matrix } from "../base/matrix";
import { normals, randomStream } from "../base/random";
import { parseGrouping } from "../model/grouping";
import { groupedSpaces } from "../model/lookup";
import { wideResnet } from "../model/wide-resnet";
import { assignmentGradient, assignmentOf, mergeRows, mergeRowsGradient } from "../reference/assignment";
import { numericalGradient } from "../reference/numerical-gradient";
import { overlap, overlapGradient } from "../reference/overlap";
import { randomTensor, relativeError } from "../reference/testing";
import { uniform, uniformGradient } from "../reference/uniform";
import { weightSplit, weightSplitGradients } from "../reference/weight-split";
import {
  combinePenalties,
  initialDeviation,
  meanSquareWeights,
  mergeAssignment,
  overlapPenalty,
  penaltyEntries,
  softmaxGroups,
  uniformPenalty,
  weightSplitPenalty,
} from "./penalties";

const logits = (groups: number, members: number, which: number): Matrix =>
  matrix(groups, members, normals(randomStream(3, "sample"), groups * members, 1.3, which));
const hard = (groups: number, groupOf: readonly number[]): Matrix => {
  const p = matrix(groups, groupOf.length);
  groupOf.forEach((group, member) => {
    p.data[group * groupOf.length + member] = 1;
  });
  return p;
};
const even = (groups: number, members: number): Matrix =>
  matrix(groups, members, new Float64Array(groups * members).fill(1 / groups));

describe.each([2, 3, 4])("with %d groups", (groups) => {
  const members = 12;
  const cycle = Array.from({ length: members }, (_, i) => i % groups);

  test("overlap is 1 for even shares and 0 for hard groups", () => {
    expect(overlapPenalty(even(groups, members))).toBeCloseTo(1, 12);
    expect(overlapPenalty(hard(groups, cycle))).toBe(0);
  });

  test("uniform is 1 for groups of equal size and the number of groups when all share one", () => {
    expect(uniformPenalty(hard(groups, cycle))).toBeCloseTo(1, 12);
    expect(uniformPenalty(hard(groups, new Array(members).fill(1)))).toBeCloseTo(groups, 12);
  });

  test("weight split is 1 for fresh weights, the root of the groups for hard groups, 0 for blocks", () => {
    const shape = [3, 3, members, members];
    const sigma = initialDeviation(shape);
    const scale = { sigma, epsilon: 0 };
    const fresh = matrix(members, members, new Float64Array(members * members).fill(sigma * sigma));
    const blocks = matrix(
      members,
      members,
      fresh.data.map((value, i) => (cycle[Math.floor(i / members)] === cycle[i % members] ? value : 0)),
    );
    const [soft, sharp] = [even(groups, members), hard(groups, cycle)];
    expect(weightSplitPenalty(fresh, soft, soft, scale)).toBeCloseTo(1, 12);
    expect(weightSplitPenalty(fresh, sharp, sharp, scale)).toBeCloseTo(Math.sqrt(groups), 12);
    expect(weightSplitPenalty(blocks, sharp, sharp, scale)).toBe(0);
  });
});

test("values agree with the float64 oracles", () => {
  const weight = randomTensor([3, 3, 5, 7], 1);
  const [p, q] = [softmaxGroups(logits(3, 5, 2)), softmaxGroups(logits(3, 7, 3))];
  expect(relativeError(p.data, assignmentOf(logits(3, 5, 2)).data)).toBeLessThan(1e-14);
  expect(overlapPenalty(p)).toBeCloseTo(overlap(p), 13);
  expect(uniformPenalty(p)).toBeCloseTo(uniform(p), 13);
  const scale = { sigma: initialDeviation(weight.shape), epsilon: 1e-3 };
  const value = weightSplitPenalty(meanSquareWeights(weight.shape, weight.data), p, q, scale);
  expect(value).toBeCloseTo(weightSplit(weight, p, q, 1e-3), 12);
});

test("shares of a member sum to 1, before and after merging, even for huge logits", () => {
  const p = softmaxGroups(matrix(5, 2, [900, 0, 1, 2, 3, 5, 7, 11, 13, -800]));
  for (const shares of [p, mergeAssignment(p, 2)]) {
    for (const member of [0, 1]) {
      const column = Array.from({ length: shares.rows }, (_, group) => shares.data[group * 2 + member]!);
      expect(column.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 14);
    }
  }
});

test("merging five groups into two joins the first three and the last two", () => {
  const merged = mergeAssignment(matrix(5, 1, [2, 3, 5, 7, 11]), 2);
  expect([...merged.data]).toEqual([10, 18]);
  expect(() => mergeAssignment(even(2, 3), 3)).toThrow("cannot merge 2 groups into 3");
});

test("every gradient is the slope of its penalty, through merging and softmax", () => {
  const weight = randomTensor([3, 3, 5, 7], 4);
  const [a, b] = [logits(5, 5, 5), logits(5, 7, 6)];
  const supergroupOf = [0, 0, 0, 1, 1];
  const side = (of: Matrix): Matrix => mergeRows(assignmentOf(of), supergroupOf, 2);
  const value = (): number =>
    weightSplit(weight, side(a), side(b), 1e-4) + 0.3 * overlap(assignmentOf(a)) + 0.7 * uniform(assignmentOf(b));

  const [p, q] = [assignmentOf(a), assignmentOf(b)];
  const gradients = weightSplitGradients(weight, side(a), side(b), 1e-4, 1);
  const da = assignmentGradient(add(mergeRowsGradient(gradients.p, supergroupOf), overlapGradient(p, 0.3)), p);
  const db = assignmentGradient(add(mergeRowsGradient(gradients.q, supergroupOf), uniformGradient(q, 0.7)), q);
  expect(relativeError(gradients.weight.data, numericalGradient(value, weight.data))).toBeLessThan(1e-8);
  expect(relativeError(da.data, numericalGradient(value, a.data))).toBeLessThan(1e-8);
  expect(relativeError(db.data, numericalGradient(value, b.data))).toBeLessThan(1e-8);
});

test("2-2-2 has seven entries; pooled features and classes share one", () => {
  const spec = wideResnet({
    residualUnits: 2,
    widen: 1,
    classes: 20,
    grouping: parseGrouping("2-2-2"),
    blockOrder: "pre-activation",
    dropout: false,
  });
  const entries = penaltyEntries(spec);
  expect(entries.map((spaces) => spaces.length).sort()).toEqual([1, 1, 1, 1, 1, 1, 2]);
  // All groupings even but that of the classes, which are all in one group: one fourteenth of it counts.
  const assignments = new Map(
    groupedSpaces(spec).map(({ name, size }) => [name, name === "classes" ? hard(2, new Array(size).fill(0)) : even(2, size)]),
  );
  const plain = combinePenalties(spec, assignments, [2, 3, 5], false);
  expect(plain.overlap).toBeCloseTo(13 / 14, 12);
  expect(plain.uniform).toBeCloseTo(15 / 14, 12);
  expect(plain.weightSplit).toBeCloseTo(10 / 3, 12);
  expect(combinePenalties(spec, assignments, [2, 3, 5], true).weightSplit).toBeCloseTo(38 / 10, 12);
});

function add(left: Matrix, right: Matrix): Matrix {
  return matrix(
    left.rows,
    left.columns,
    left.data.map((value, i) => value + right.data[i]!),
  );
}
