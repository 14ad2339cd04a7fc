import { expect, test } from "vitest";
import { sampleDataset } from "../../state/testing";
import { FIRST_LEAF, type Leaf, leafOf, leafText, pickedOf, pickedText } from "./explorer-view";

test("a page of images is read from the address as it was written", () => {
  const chosen: Leaf = { choice: { part: "test", superclass: 1, label: 4, order: "brightness" }, offset: 96 };
  for (const leaf of [FIRST_LEAF, chosen]) expect(leafOf(leafText(leaf), sampleDataset)).toEqual(leaf);
  expect(leafText(chosen)).toBe("test_1_4_brightness_96");
  expect(leafOf(null, sampleDataset)).toBeNull();
});

test("a choice that this data set does not have is as usual", () => {
  for (const text of ["holdout_2_6_size_-1", "x", "train_-1_1.5__", "train_all_all_index_many"])
    expect(leafOf(text, sampleDataset), text).toEqual(FIRST_LEAF);
});

test("the image looked at closely is read as it was written, and nothing else is one", () => {
  expect(pickedOf(pickedText({ part: "validation", index: 17 }))).toEqual({ part: "validation", index: 17 });
  for (const text of [null, "train", "train_", "train_-1", "all_3"]) expect(pickedOf(text), String(text)).toBeNull();
});
