import { expect, test } from "vitest";
import { parseArguments, selectCases } from "./arguments";

test("without options everything is measured five times and printed for people", () => {
  expect(parseArguments([])).toEqual({ json: false, help: false, only: null, runs: 5 });
});

test("options take their value from the next word or after an equals sign", () => {
  const expected = { json: true, help: false, only: "step/group", runs: 7 };
  expect(parseArguments(["--json", "--only", "step/group", "--runs", "7"])).toEqual(expected);
  expect(parseArguments(["--runs=7", "--only=step/group", "--json"])).toEqual(expected);
});

test.each([
  [["--runs", "0"], "--runs: 0 is not"],
  [["--runs", "2.5"], "--runs: 2.5 is not"],
  [["--runs"], "--runs: needs a value"],
  [["--only", ""], "--only: needs a value"],
  [["--fast"], "--fast: there is no such option"],
])("%j is refused with the option's name", (args, message) => {
  expect(() => parseArguments(args)).toThrow(message);
});

test("--only takes an exact name or the beginning of names", () => {
  const cases = ["step/group/a", "step/finetune/a", "conv/forward/3x3"].map((name) => ({ name }));
  const names = (only: string | null) => selectCases(cases, only).map(({ name }) => name);
  expect(names(null)).toEqual(["step/group/a", "step/finetune/a", "conv/forward/3x3"]);
  expect(names("step")).toEqual(["step/group/a", "step/finetune/a"]);
  expect(names("step/group/a")).toEqual(["step/group/a"]);
  expect(names("group")).toEqual([]);
});
