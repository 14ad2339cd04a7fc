import { expect, test } from "vitest";
import { ConfigError } from "../base/errors";
import { parseConfig } from "./config";
import { PRESET_NAMES, presetConfig } from "./presets";

const tiny = presetConfig("tiny");

test.each(PRESET_NAMES)("preset %s is a valid configuration and says its name", (name) => {
  expect(presetConfig(name).preset).toBe(name);
  expect(parseConfig(JSON.parse(JSON.stringify(presetConfig(name))))).toEqual(presetConfig(name));
});

test("the paper preset is the published recipe of both stages", () => {
  const { model, grouping, group, finetune } = presetConfig("paper");
  expect({ model, grouping }).toEqual({ model: { depth: 16, widen: 8 }, grouping: "2-2-2" });
  expect([group.batchSize, group.steps, group.weightDecay, group.dropoutKeep]).toEqual([90, 200_000, 1e-4, 0.5]);
  expect(group.penalties).toEqual({ overlap: 1, weightSplit: 1, uniform: 10 });
  expect([finetune.batchSize, finetune.steps, finetune.weightDecay, finetune.dropoutKeep]).toEqual([90, 120_000, 5e-4, 1]);
});

test("tiny-confusion is tiny with another start of its groups, at the same cost", () => {
  const { assignmentStart, warmupSteps, startBias } = presetConfig("tiny-confusion").group;
  expect([assignmentStart, warmupSteps, startBias]).toEqual(["confusion", 120, 2]);
  const group = { ...tiny.group, assignmentStart, warmupSteps, startBias };
  expect(presetConfig("tiny-confusion")).toEqual({ ...tiny, preset: "tiny-confusion", group });
});

test("only that preset begins elsewhere than the published code", () => {
  const starts = PRESET_NAMES.filter((name) => presetConfig(name).group.assignmentStart !== "random");
  expect(starts).toEqual(["tiny-confusion"]);
});

test("an unknown preset is refused with the names there are", () => {
  expect(() => presetConfig("huge")).toThrow(/none named "huge"/);
});

test("a configuration from before there was a choice of precision is one of full precision", () => {
  const { precision, ...older } = tiny;
  expect(precision).toBe("f32");
  expect(parseConfig(older)).toEqual(tiny);
  expect(parseConfig({ ...older, precision: "f16" })).toEqual({ ...tiny, precision: "f16" });
});

test("a configuration from before there was a warm-up begins with its whole objective, from noise", () => {
  const { warmupSteps, assignmentStart, confusionImages, startBias, ...older } = tiny.group;
  expect({ warmupSteps, assignmentStart, confusionImages, startBias }).toEqual({
    ...{ warmupSteps: 0, assignmentStart: "random", confusionImages: 400, startBias: 0.5 },
  });
  expect(parseConfig({ ...tiny, group: older })).toEqual(tiny);
});

const withGroup = (group: object): unknown => ({ ...tiny, group: { ...tiny.group, steps: 100, ...group } });

test("a warm-up that leaves steps to group in is taken, with either start", () => {
  expect(parseConfig(withGroup({ warmupSteps: 99 })).group.warmupSteps).toBe(99);
  expect(parseConfig(withGroup({ warmupSteps: 1, assignmentStart: "confusion" })).group.assignmentStart).toBe("confusion");
});

const IMPOSSIBLE: readonly (readonly [string, unknown, RegExp])[] = [
  ["groups that get fewer with depth", { ...tiny, grouping: "4-2-2" }, /^grouping: .*fewer groups deeper/],
  ["a grouping of another form", { ...tiny, grouping: "2-2" }, /^grouping: .*not of the form 2-2-2/],
  ["more groups than channels", { ...tiny, grouping: "17-17-17" }, /^grouping: 17 groups for stage 2, but only 16 channels/],
  ["zero steps", { ...tiny, group: { ...tiny.group, steps: 0 } }, /^group\.steps: steps is at least 1/],
  ["a fraction of a step", { ...tiny, finetune: { ...tiny.finetune, steps: 1.5 } }, /^finetune\.steps: .*whole number/],
  ["a depth that is not 6n + 4", { ...tiny, model: { depth: 12, widen: 1 } }, /^model\.depth: .*6n \+ 4/],
  ["a negative learning rate", { ...tiny, group: { ...tiny.group, learningRate: -1 } }, /^group\.learningRate/],
  ["dropout that keeps nothing", { ...tiny, group: { ...tiny.group, dropoutKeep: 0 } }, /^group\.dropoutKeep/],
  ["a precision there is not", { ...tiny, precision: "f64" }, /^precision/],
  [
    "a warm-up that never ends",
    withGroup({ warmupSteps: 100 }),
    /^group\.warmupSteps: .* set in after step 100, .* ends after 100/,
  ],
  [
    "a start from the confusions of noise",
    withGroup({ assignmentStart: "confusion" }),
    /^group\.warmupSteps: the confusion start/,
  ],
  ["a start there is not", withGroup({ assignmentStart: "semantic" }), /^group\.assignmentStart/],
  ["a bias away from the found group", withGroup({ startBias: -1 }), /^group\.startBias/],
  ["a misspelt field", { ...tiny, sead: 3 }, /sead/],
  ["a missing field", { ...tiny, seed: undefined }, /^seed/],
  ["no object at all", "tiny", /^config/],
];

test.each(IMPOSSIBLE)("%s is refused by a message that starts with the field", (_, value, message) => {
  expect(() => parseConfig(value)).toThrow(ConfigError);
  expect(() => parseConfig(value)).toThrow(message);
});

test("all fields at fault are named at once", () => {
  expect(() => parseConfig({ ...tiny, seed: -1, model: { depth: 10, widen: 0 } })).toThrow(/seed: .*; model\.widen: /);
});
