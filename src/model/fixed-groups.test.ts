import { expect, test } from "vitest";
import { type Config, parseConfig } from "./config";
import type { FixedGroups } from "./fixed-groups";
import { presetConfig } from "./presets";

const tiny = presetConfig("tiny");
const fixed: FixedGroups = { source: "random", classes: [0, 1, 1, 0], channels: {} };
const withGroups = (changes: Partial<FixedGroups>, config: Partial<Config> = {}): unknown => ({
  ...tiny,
  ...config,
  fixedGroups: { ...fixed, ...changes },
});

test("a configuration from before there were given groups learns its groups", () => {
  const { fixedGroups: _, ...before } = tiny;
  expect(parseConfig(before)).toEqual(tiny);
  expect(tiny.fixedGroups).toBeNull();
});

test("groups that fit the network are taken, with sizes for some spaces or none", () => {
  expect(parseConfig(withGroups({})).fixedGroups).toEqual(fixed);
  const channels = { stage_3: [40, 24], "unit_2_0/inner": [31, 1] };
  expect(parseConfig(withGroups({ channels })).fixedGroups?.channels).toEqual(channels);
});

test.each<[string, Partial<FixedGroups>, Partial<Config>]>([
  ["fixedGroups: class 2 is in group 2, and groups are numbered 0 to 1", { classes: [0, 1, 2] }, {}],
  ["fixedGroups: no class is in group 1 of 2", { classes: [0, 0] }, {}],
  ["fixedGroups: a network that is not split has no groups to give", {}, { grouping: "1-1-1" }],
  ["fixedGroups: there is no space stage_9", { channels: { stage_9: [1] } }, {}],
  ["fixedGroups: there is no space classes", { channels: { classes: [2, 2] } }, {}],
  ["fixedGroups: stage_3 has 2 groups, and 3 sizes are given", { channels: { stage_3: [60, 2, 2] } }, {}],
  ["fixedGroups: stage_3 has 64 channels, and the sizes add up to 63", { channels: { stage_3: [60, 3] } }, {}],
])("%s", (message, changes, config) => {
  expect(() => parseConfig(withGroups(changes, config))).toThrow(message);
});

test("numbers that are no groups are refused by the schema", () => {
  expect(() => parseConfig(withGroups({ classes: [0, -1] }))).toThrow("fixedGroups.classes.1");
  expect(() => parseConfig(withGroups({ channels: { stage_3: [64, 0] } }))).toThrow("fixedGroups.channels.stage_3.1");
});
