import { expect, test } from "vitest";
import { ownRuns, shareOf } from "./share";

const RUNS = Array.from({ length: 11 }, (_, index) => index);

test.each([1, 2, 3, 11, 24])("%d shares are disjoint, of equal size up to one, and all of the sweep", (tasks) => {
  const shares = Array.from({ length: tasks }, (_, index) => ownRuns(RUNS, { task: index + 1, tasks }));
  expect(shares.flat().sort((a, b) => a - b)).toEqual(RUNS);
  const sizes = shares.map(({ length }) => length);
  expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
});

test("a share begins with the run of its number", () => {
  expect(ownRuns(RUNS, { task: 3, tasks: 4 })).toEqual([2, 6, 10]);
});

test("a share is written K/N from 1, and the whole sweep without it", () => {
  expect(shareOf({ task: "3/24" })).toEqual({ task: 3, tasks: 24 });
  expect(shareOf({})).toEqual({ task: 1, tasks: 1 });
});

test.each(["0/3", "4/3", "3", "1/0", "-1/3", "1/3/5", "1.5/3", "a/b", "1/9999999"])("%s is no share", (task) => {
  expect(() => shareOf({ task })).toThrow(/expected the share as K\/N, such as 3\/24/);
});
