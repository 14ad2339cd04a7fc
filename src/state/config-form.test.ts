import { expect, test } from "vitest";
import { presetConfig } from "../model/presets";
import { evaluateForm, fieldText, formOfPreset, formOfValue, presetFromQuery, withEdit } from "./config-form";

test("the query names a preset; an unknown name is none", () => {
  expect(presetFromQuery("?preset=tiny")).toBe("tiny");
  expect(presetFromQuery("?preset=huge")).toBeNull();
  expect(presetFromQuery("")).toBeNull();
});

test("an untouched preset is valid and differs in nothing", () => {
  const result = evaluateForm(formOfPreset("tiny"));
  expect(result.config).toEqual(presetConfig("tiny"));
  expect(result.differences).toEqual([]);
});

test("an edit changes its field alone and is listed as a difference", () => {
  const form = withEdit(withEdit(formOfPreset("tiny"), "group.penalties.uniform", "20"), "grouping", " 1-2-2 ");
  const { config, differences } = evaluateForm(form);
  expect(config).toEqual({
    ...presetConfig("tiny"),
    grouping: "1-2-2",
    group: { ...presetConfig("tiny").group, penalties: { ...presetConfig("tiny").group.penalties, uniform: 20 } },
  });
  expect(differences).toEqual([
    { path: "grouping", preset: "2-2-2", value: "1-2-2" },
    { path: "group.penalties.uniform", preset: "10", value: "20" },
  ]);
});

test.each([
  ["group.steps", "0", /at least 1/],
  ["group.steps", "", /./],
  ["group.steps", "many", /./],
  ["grouping", "4-2-2", /fewer groups deeper/],
  ["model.depth", "12", /6n \+ 4/],
])("%s = %j is refused at its field and kept as typed", (path, text, message) => {
  const form = withEdit(formOfPreset("tiny"), path, text);
  const result = evaluateForm(form);
  expect(result.config).toBeNull();
  expect(Object.keys(result.errors)).toEqual([path]);
  expect(result.errors[path]).toMatch(message);
  expect(fieldText(form, path)).toBe(text);
});

test("pasted JSON from before there was a choice of precision has full precision and no difference", () => {
  const { precision: _, ...older } = presetConfig("half");
  const form = formOfValue(older, "tiny");
  expect(fieldText(form, "precision")).toBe("f32");
  expect(evaluateForm(form)).toMatchObject({ config: presetConfig("half"), differences: [] });
});

test("warm-up and start are edits like any other, and given groups of a run come along", () => {
  const form = withEdit(withEdit(formOfPreset("tiny"), "group.warmupSteps", "150"), "group.assignmentStart", "confusion");
  expect(evaluateForm(form).config?.group).toMatchObject({ warmupSteps: 150, assignmentStart: "confusion" });
  expect(evaluateForm(form).differences.map(({ path }) => path)).toEqual(["group.warmupSteps", "group.assignmentStart"]);
  const fixedGroups = { source: "random", classes: [0, 1, 1], channels: {} };
  const given = evaluateForm(formOfValue({ ...presetConfig("tiny"), fixedGroups }, "tiny"));
  expect(given.config?.fixedGroups).toEqual(fixedGroups);
  expect(given.differences).toEqual([{ path: "fixedGroups", preset: "null", value: JSON.stringify(fixedGroups) }]);
});

test("half precision is an edit like any other", () => {
  const { config, differences } = evaluateForm(withEdit(formOfPreset("tiny"), "precision", "f16"));
  expect(config).toEqual({ ...presetConfig("tiny"), precision: "f16" });
  expect(differences).toEqual([{ path: "precision", preset: "f32", value: "f16" }]);
});

test("pasted JSON is compared with the preset it names, and what is no configuration is refused whole", () => {
  const pasted = formOfValue({ ...presetConfig("half"), seed: 5 }, "tiny");
  expect(evaluateForm(pasted)).toMatchObject({ differences: [{ path: "seed", preset: "1", value: "5" }] });
  expect(evaluateForm(formOfValue([1, 2], "tiny")).errors).toHaveProperty("config");
  expect(evaluateForm(formOfValue({ ...presetConfig("tiny"), sead: 3 }, "tiny")).config).toBeNull();
});
