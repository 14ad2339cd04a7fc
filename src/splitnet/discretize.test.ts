import { expect, test } from "vitest";
import { EmptyGroupError } from "../base/errors";
import { hostTensor } from "../base/tensor";
import { logitsName } from "../model/parameters";
import type { ModelSpec } from "../model/spec";
import { discretize } from "./discretize";
import { groupSizes } from "./partition";

const spec: ModelSpec = { name: "one space", spaces: [{ name: "classes", size: 5, groups: 3, publishedName: null }], layers: [] };

function logits(...rows: number[][]) {
  return new Map([[logitsName("classes"), hostTensor([3, 5], Float32Array.from(rows.flat()))]]);
}

test("every member goes to its largest logit, ties to the lower group", () => {
  const partition = discretize(spec, logits([3, 2, 7, 0, 1], [3, 5, 7, 0, 2], [1, 2, 7, 4, 2]), "fail").get("classes");
  expect(partition).toEqual({ groups: 3, groupOf: [0, 1, 0, 2, 1] });
});

const COLLAPSED = logits([9, 9, 9, 9, 9], [1, 2, 3, 8, 0], [1, 7, 2, 8.5, 0]);

test("an empty group is an error that names space, group and cures", () => {
  const attempt = () => discretize(spec, COLLAPSED, "fail");
  expect(attempt).toThrow(EmptyGroupError);
  expect(attempt).toThrow(/classes: no member chose group 2, 3 of 3/);
});

test("assign-nearest fills empty groups with the members that lose least, and leaves no group empty", () => {
  const partition = discretize(spec, COLLAPSED, "assign-nearest").get("classes")!;
  expect(groupSizes(partition).every((size) => size > 0)).toBe(true);
  expect(partition.groupOf[3]).toBe(1);
  expect(partition.groupOf[1]).toBe(2);
});
