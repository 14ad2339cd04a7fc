import { expect, test } from "vitest";
import { groupingSpec } from "../model/build";
import { totalCost } from "../model/cost";
import { presetConfig } from "../model/presets";
import { PUBLISHED_CLASSES, PUBLISHED_RESULTS } from "./published-results";

const unsplit = totalCost(groupingSpec(presetConfig("paper"), PUBLISHED_CLASSES));

test("the published network costs what we count of it, to the digits printed", () => {
  const [baseline] = PUBLISHED_RESULTS;
  expect((unsplit.parameters / 1e6).toPrecision(3)).toBe((baseline!.cost.parameters / 1e6).toPrecision(3));
  expect((unsplit.flops / 1e9).toPrecision(3)).toBe((baseline!.cost.flops / 1e9).toPrecision(3));
});

test("parameters and FLOPs are saved by as much as the paper's own columns of percents say", () => {
  // Table 2, "% reduced"; the sizes are printed to 0.01 M and 0.01 G, 0.1 and 0.4 points of the unsplit network.
  const reduced = {
    "Shallow split": [32.54, 14.63],
    "Deep split (dropout)": [46.39, 31.97],
    "Hierarchical split (dropout)": [62.58, 39.29],
  };
  for (const [name, [parameters, flops]] of Object.entries(reduced)) {
    const { cost } = PUBLISHED_RESULTS.find(({ network }) => network === name)!;
    expect(Math.abs(100 * (1 - cost.parameters / unsplit.parameters) - parameters!)).toBeLessThan(0.1);
    expect(Math.abs(100 * (1 - cost.flops / unsplit.flops) - flops!)).toBeLessThan(0.4);
  }
});

test("accuracies are the complements of the printed errors", () => {
  expect(PUBLISHED_RESULTS.map(({ top1 }) => (100 * (1 - top1)).toFixed(2))).toEqual([
    ...["24.28", "24.52", "24.26", "23.96", "24.66", "24.80"],
  ]);
});
