import { expect, test } from "vitest";
import { worstDifferences } from "./differences";

test("differences are relative to the largest value of a list, key by key", () => {
  const fixture = {
    kind: "group",
    expect: { losses: [{ total: 2 }, { total: 4 }], logits: [[8, -0.001]], count: 3, gone: 1, sizes: [2, 3] },
  };
  const actual = { losses: [{ total: 2 }, { total: 4.04 }], logits: [[8, 0.007]], count: 3, sizes: [2, 3, 1], kind: "group" };
  expect(worstDifferences(fixture, actual)).toEqual([
    { key: "losses", difference: "1.0e-2" },
    { key: "logits", difference: "1.0e-3" },
    { key: "count", difference: "exact" },
    { key: "gone", difference: "missing or of another shape" },
    { key: "sizes", difference: "missing or of another shape" },
  ]);
});

test("expectations between a fixture's inputs are found by the keys of the result", () => {
  const fixture = {
    kind: "penalties",
    cases: [
      { groups: 2, overlap: [1, 2] },
      { groups: 3, overlap: [4, 5] },
    ],
  };
  expect(worstDifferences(fixture, { cases: [{ overlap: [1, 2] }, { overlap: [4, 5.5] }] })).toEqual([
    { key: "cases", difference: "1.0e-1" },
  ]);
});

test("a value that is not a number is never exact", () => {
  expect(worstDifferences({ expect: { losses: [1] } }, { losses: [Number.NaN] })[0]?.difference).toMatch(/missing/);
});
