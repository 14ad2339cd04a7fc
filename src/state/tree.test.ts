import { expect, test } from "vitest";
import { groupingSpec } from "../model/build";
import { initialParameters, initialStatistics } from "../model/initial";
import { presetConfig } from "../model/presets";
import { cutNetwork } from "../splitnet/pipeline";
import { sampleEvaluation, sampleRecord, sampleTree } from "./testing";
import { accuracyOn, levelCosts, nodesOf } from "./tree";

const config = { ...presetConfig("tiny"), grouping: "1-2-4", emptyGroups: "assign-nearest" } as const;
const spec = groupingSpec(config, 6);
const grouped = { parameters: initialParameters(spec, 2), statistics: initialStatistics(spec) };
const { tree } = cutNetwork(config, 6, grouped);

test("levels add up to the network before and after the split, and the trunk costs the same in both", () => {
  const levels = levelCosts(sampleRecord({ config }), tree);
  expect(levels.map(({ groups }) => groups)).toEqual([1, 2, 4]);
  for (const measure of ["parameters", "flops"] as const) {
    expect(levels.reduce((sum, { before }) => sum + before[measure], 0)).toBe(tree.unsplit[measure]);
    expect(levels.reduce((sum, { after }) => sum + after[measure], 0)).toBe(tree.split[measure]);
    expect(levels[0]!.before[measure]).toBe(levels[0]!.after[measure]);
    expect(levels[2]!.after[measure]).toBeLessThan(levels[2]!.before[measure]);
  }
});

test("nodes know their depth and how many stand beside them", () => {
  expect(nodesOf(tree).map(({ node, depth, groups, isLeaf }) => [node.label, depth, groups, isLeaf])).toEqual([
    ["trunk", 0, 1, false],
    ["branch 1", 1, 2, false],
    ["branch 1.1", 2, 4, true],
    ["branch 1.2", 2, 4, true],
    ["branch 2", 1, 2, false],
    ["branch 2.1", 2, 4, true],
    ["branch 2.2", 2, 4, true],
  ]);
  expect(nodesOf(sampleTree)[0]).toMatchObject({ depth: 0, groups: 1, isLeaf: false });
});

test("the accuracy of a branch weighs its classes by their images", () => {
  const report = {
    ...sampleEvaluation().unsplit,
    perClass: [
      { index: 0, count: 10, top1: 0.5 },
      { index: 1, count: 30, top1: 0.9 },
      { index: 2, count: 50, top1: 0 },
    ],
  };
  expect(accuracyOn(report, [0, 1])).toBeCloseTo((5 + 27) / 40, 12);
  expect(accuracyOn(report, [5])).toBeNull();
});
