import { expect, test } from "vitest";
import { matrix } from "../base/matrix";
import { randomStream } from "../base/random";
import { tensorNamed } from "../base/tensor";
import { groupingSpec } from "../model/build";
import type { FixedGroups } from "../model/fixed-groups";
import { logitsName } from "../model/parameters";
import { presetConfig } from "../model/presets";
import { discretize } from "./discretize";
import { decidedLogits, evenSizes, fixedPartitions, shuffledGroups } from "./fixed-groups";
import { groupSizes } from "./partition";
import { overlapPenalty, softmaxGroups } from "./penalties";

const CLASSES = [0, 3, 1, 2, 3, 1, 0, 2, 3];
const fixed: FixedGroups = { source: "manual", classes: CLASSES, channels: { stage_3: [30, 20, 10, 4], stage_1: [5, 11] } };
const config = { ...presetConfig("tiny"), grouping: "2-4-4", fixedGroups: fixed };
const spec = groupingSpec(config, CLASSES.length);

test("classes are as given; channels have the sizes asked for, or even ones", () => {
  const partitions = fixedPartitions(spec, fixed, 7);
  expect(partitions.get("classes")).toEqual({ groups: 4, groupOf: CLASSES });
  const sizes = Object.fromEntries([...partitions].map(([space, partition]) => [space, groupSizes(partition)]));
  expect(sizes).toEqual({
    classes: [2, 2, 2, 3],
    stage_3: [30, 20, 10, 4],
    stage_2: [8, 8, 8, 8],
    "unit_3_0/inner": [16, 16, 16, 16],
    stage_1: [5, 11],
    "unit_2_0/inner": [16, 16],
  });
});

test("which channels a group has follows from the seed, space by space", () => {
  const [once, again, other] = [7, 7, 8].map((seed) => fixedPartitions(spec, fixed, seed));
  expect(again).toEqual(once);
  for (const space of ["stage_3", "stage_2", "stage_1"]) expect(other!.get(space)).not.toEqual(once!.get(space));
  // Equal sizes in two spaces are not the same draw.
  const inner = (groups: string): string => once!.get(groups)!.groupOf.slice(0, 32).join("");
  expect(inner("unit_3_0/inner")).not.toBe(inner("stage_2"));
});

test("logits of given groups are certain in float32, and discretise to exactly these groups", () => {
  const partitions = fixedPartitions(spec, fixed, 7);
  const logits = decidedLogits(partitions);
  expect(discretize(spec, logits, "fail")).toEqual(partitions);
  for (const [space, { groups, groupOf }] of partitions) {
    const p = softmaxGroups(matrix(groups, groupOf.length, tensorNamed(logits, logitsName(space)).data));
    const rounded = Float32Array.from(p.data);
    groupOf.forEach((own, member) => {
      for (let group = 0; group < groups; group++) expect(rounded[group * groupOf.length + member]).toBe(Number(group === own));
    });
    expect(overlapPenalty({ ...p, data: Float64Array.from(rounded) })).toBe(0);
  }
});

test("groups of another number of classes are refused", () => {
  expect(() => fixedPartitions(groupingSpec(config, 8), fixed, 7)).toThrow(
    "classes: groups of 9 members are given, and it has 8",
  );
});

test("shuffled groups are a permutation of the sizes asked for", () => {
  const groups = shuffledGroups([3, 1, 2], randomStream(3, "groups"), 0);
  expect([...groups].sort()).toEqual([0, 0, 0, 1, 2, 2]);
  expect(evenSizes(10, 4)).toEqual([3, 3, 2, 2]);
});
