import { expect, test } from "vitest";
import { placeAfter } from "./roving";

test("arrows go one place on or back and stop at the ends, Home and End go there, other keys nowhere", () => {
  expect([placeAfter("ArrowRight", 1, 3), placeAfter("ArrowDown", 1, 3), placeAfter("ArrowLeft", 1, 3)]).toEqual([2, 2, 0]);
  expect([placeAfter("ArrowUp", 0, 3), placeAfter("ArrowRight", 2, 3), placeAfter("Home", 0, 3)]).toEqual([null, null, null]);
  expect([placeAfter("Home", 2, 3), placeAfter("End", 0, 3), placeAfter("Enter", 1, 3)]).toEqual([0, 2, null]);
});
