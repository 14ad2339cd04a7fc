import { describe, expect, test } from "vitest";
import { presetConfig } from "../model/presets";
import { readAddress, writeAddress } from "./address";
import { type ConfigForm, evaluateForm, formOfPreset, formOfValue, withEdit } from "./config-form";

const read = (hash: string, query = "", stored = "") => readAddress({ hash, query, stored });
/** The form as another machine gets it, with nothing kept there. */
const sent = (form: ConfigForm): ConfigForm => read(`#${writeAddress({ view: {}, form })}`).form;

describe("a link leads to the same form", () => {
  const tiny = presetConfig("tiny");
  test.each<[string, ConfigForm]>([
    ["a preset", formOfPreset("tiny")],
    ["fields typed", withEdit(withEdit(formOfPreset("tiny"), "group.steps", "90"), "grouping", "2-3-3")],
    ["fields that are wrong", withEdit(withEdit(formOfPreset("half"), "group.steps", "9 0%&=#"), "grouping", "")],
    ["settings of a run", formOfValue({ ...tiny, seed: 9, group: { ...tiny.group, learningRateDrops: [] } }, "paper")],
    ["settings of a run, with a field typed over", withEdit(formOfValue({ ...tiny, seed: 9 }, "paper"), "seed", "10")],
    ["pasted JSON that lacks fields", formOfValue({ preset: "tiny", group: { steps: null } }, "paper")],
    ["pasted JSON of another preset's name", formOfValue({ ...tiny, preset: "mine" }, "half")],
    ["pasted JSON that is no configuration", formOfValue([1, "2"], "quick")],
    ["pasted JSON whose keys have dots", formOfValue({ "a.b": 1, preset: "tiny" }, "quick")],
  ])("%s", (_what, form) => {
    const arrived = sent(form);
    expect(arrived.preset).toBe(form.preset);
    expect(arrived.edits).toEqual(form.edits);
    expect(evaluateForm(arrived)).toEqual(evaluateForm(form));
  });
});

test("an untouched preset makes a short address, one field typed names that field", () => {
  const form = formOfPreset("tiny");
  expect(writeAddress({ view: {}, form })).toBe("preset=tiny");
  const view = { run: "tiny-20240131-235959", axis: "epoch" };
  expect(writeAddress({ view, form: withEdit(form, "seed", "7") })).toBe(
    "run=tiny-20240131-235959&axis=epoch&preset=tiny&set.seed=7",
  );
});

test("how the page was looked at is read back, and names that are not known are left out", () => {
  const view = { run: "a-1", zoom: "group_step_0.5_200", open: "terms_json" };
  expect(read(`#${writeAddress({ view, form: formOfPreset("tiny") })}`).view).toEqual(view);
  expect(read("#run=a-1&colour=red&axis=").view).toEqual({ run: "a-1" });
});

test("the same view is the same address, in whatever order it came about", () => {
  const form = formOfPreset("tiny");
  const [one, other] = [
    { run: "a", log: "on" },
    { log: "on", run: "a" },
  ].map((view) => writeAddress({ view, form }));
  expect(one).toBe(other);
});

test("the address comes before what was kept, part by part; a preset in the query is a form", () => {
  const kept = "run=old&preset=half&set.seed=3";
  expect(read("", "", kept)).toEqual({ view: { run: "old" }, form: withEdit(formOfPreset("half"), "seed", "3") });
  expect(read("#run=new", "", kept)).toMatchObject({ view: { run: "new" }, form: { preset: "half", edits: { seed: "3" } } });
  expect(read("#preset=tiny", "", kept)).toEqual({ view: { run: "old" }, form: formOfPreset("tiny") });
  expect(read("", "?preset=paper", kept)).toEqual({ view: { run: "old" }, form: formOfPreset("paper") });
  expect(read("#preset=tiny", "?preset=paper", kept).form).toEqual(formOfPreset("tiny"));
});

test("what cannot be read is as usual", () => {
  const usual = { view: {}, form: formOfPreset("quick") };
  expect(read("")).toEqual(usual);
  expect(read("#stages", "?preset=huge")).toEqual(usual);
  expect(read("#%E0%A4%A&&&=%")).toEqual(usual);
  expect(read(`#run=${"x".repeat(20_000)}`)).toEqual(usual);
  expect(read("#preset=nothing&set.seed=3")).toEqual(usual);
  expect(read("#preset=tiny&json.group.steps={&json=[").form).toEqual(formOfPreset("tiny"));
  for (const path of ["__proto__", "__proto__.x", "constructor.prototype.x", ""]) {
    const { form } = read(`#preset=tiny&json.${path}=1&set.${path}=1`);
    expect(() => evaluateForm(form)).not.toThrow();
    expect("x" in {}).toBe(false);
  }
});
