import { expect, test } from "vitest";
import { rankedImages } from "./certainty";

const report = { predictions: [1, 1, 0, 2, 0, 2], predictionScores: [0.9, 0.5, 0.95, 0.4, 0.9, 0.99] };
const labels = Uint8Array.from([0, 1, 1, 2, 2, 2]);

test("certain mistakes come by falling probability, ties in the order of the images", () => {
  expect(rankedImages(report, labels, "certainWrong", null)).toEqual([2, 0, 4]);
});

test("unsure right answers come by rising probability", () => {
  expect(rankedImages(report, labels, "unsureRight", null)).toEqual([3, 1, 5]);
});

test("a class narrows the ranking to the images that are of it", () => {
  expect(rankedImages(report, labels, "certainWrong", 2)).toEqual([4]);
  expect(rankedImages(report, labels, "unsureRight", 2)).toEqual([3, 5]);
});
