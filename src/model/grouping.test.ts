import { expect, test } from "vitest";
import { formatGrouping, mergeIndices, parseGrouping } from "./grouping";

test("groupings are written shallow to deep and read back the same", () => {
  expect(parseGrouping("2-4-5")).toEqual({ stage2: 2, stage3: 4, classes: 5 });
  for (const text of ["1-1-4", "1-2-2", "2-2-2", "3-5-7"]) expect(formatGrouping(parseGrouping(text))).toBe(text);
});

test.each(["0-1-1", "2-1-2", "2-3-2", "2-2", "a-b-c", "2-2-2-2", "-1-2-2"])("%s is no grouping", (text) => {
  expect(() => parseGrouping(text)).toThrow(/^grouping: /);
});

test("subgroups merge into contiguous supergroups of nearly equal numbers, the larger ones first", () => {
  expect(mergeIndices(4, 2)).toEqual([0, 0, 1, 1]);
  expect(mergeIndices(5, 2)).toEqual([0, 0, 0, 1, 1]);
  expect(mergeIndices(7, 3)).toEqual([0, 0, 0, 1, 1, 2, 2]);
  expect(mergeIndices(3, 3)).toEqual([0, 1, 2]);
});
