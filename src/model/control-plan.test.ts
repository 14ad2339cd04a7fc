import { expect, test } from "vitest";
import { CONTROL_SOURCES, plannedControls } from "./control-plan";

const named = (...of: Parameters<typeof plannedControls>) =>
  plannedControls(...of).map(({ source, seed }) => `${source}-${seed}`);

test("controls come seed by seed, the unsplit one before the clustering that starts from it, and what is learned already is not learned again", () => {
  expect(named(CONTROL_SOURCES, [3, 7], 3)).toEqual([
    ...["unsplit-3", "random-3", "semantic-3", "clustering-3"],
    ...["learned-7", "unsplit-7", "random-7", "semantic-7", "clustering-7"],
  ]);
});

test("clustering brings the unsplit run of its seed along, once", () => {
  expect(named(["clustering"], [5], 1)).toEqual(["unsplit-5", "clustering-5"]);
  expect(named(["clustering", "unsplit"], [5], 1)).toEqual(["unsplit-5", "clustering-5"]);
  expect(named(["learned"], [1], 1)).toEqual([]);
});
