import { expect, test } from "vitest";
import { ConfigError } from "../base/errors";
import { parseConfig } from "./config";
import { presetConfig } from "./presets";
import { expandSweep, MOST_RUNS, sweepRunId } from "./sweep";
import { parseSweepText } from "./sweep-text";

const tiny = presetConfig("tiny");
const EXAMPLE = `
name: rates            # of jobs and reports
preset: tiny
config:
  group: { steps: 40 }
runs:
  - grouping: 2-2-2
  - { grouping: 1-2-2, emptyGroups: fail }
grid:
  group.learningRate: [0.05, 1e-1]
  group.penalties: [{ overlap: 3 }, { uniform: 7 }]
seeds: { from: 3, count: 2 }
`;

function problemOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigError) return `${error.message} | ${error.cure}`;
    throw error;
  }
  return "no problem";
}

const problem = (sweep: object) => problemOf(() => expandSweep({ name: "s", preset: "tiny", ...sweep }));

test("a sweep is every listed run with every combination of the grid with every seed, in the order of the file", () => {
  const { name, runs } = parseSweepText(EXAMPLE, "rates.yaml");
  expect(name).toBe("rates");
  const wanted = ["2-2-2", "1-2-2"].flatMap((grouping) =>
    [0.05, 0.1].flatMap((rate) => [3, 7].flatMap((penalty) => [3, 4].map((seed) => [grouping, rate, penalty, seed]))),
  );
  const got = runs.map(({ config: { grouping, group, seed } }) => {
    const { overlap, uniform } = group.penalties;
    return [grouping, group.learningRate, overlap === 3 ? overlap : uniform, seed];
  });
  expect(got).toEqual(wanted);
  expect(new Set(runs.map(({ id }) => id)).size).toBe(16);
  expect(runs[1]?.config).toEqual({
    ...tiny,
    grouping: "2-2-2",
    seed: 4,
    group: { ...tiny.group, steps: 40, learningRate: 0.05, penalties: { ...tiny.group.penalties, overlap: 3 } },
  });
  expect(runs[1]?.values).toEqual({ grouping: "2-2-2", "group.learningRate": 0.05, "group.penalties": { overlap: 3 } });
});

test("JSON and YAML of the same sweep are the same sweep, tabs included", () => {
  const value = {
    name: "both",
    preset: "tiny",
    grid: { "group.learningRateDrops": [[], [{ step: 5, factor: 0.5 }]] },
    seeds: [9, 1],
  };
  const yaml =
    "name: both\npreset: tiny\ngrid:\n  group.learningRateDrops:\n    - []\n    - - { step: 5, factor: 0.5 }\nseeds: [9, 1]\n";
  const sweep = expandSweep(value);
  expect(sweep.runs.map(({ config }) => config.seed)).toEqual([9, 1, 9, 1]);
  for (const text of [JSON.stringify(value), JSON.stringify(value, null, "\t"), yaml]) {
    expect(parseSweepText(text, "x")).toEqual(sweep);
  }
});

test("the id of a run follows from its values: not from their order, the name of its preset, or the way it was written", () => {
  const listed = expandSweep({ name: "a", preset: "tiny", runs: [{ grouping: "1-2-2", "group.steps": 7 }] }).runs;
  const varied = expandSweep({ name: "b", preset: "tiny", config: { group: { steps: 7 } }, grid: { grouping: ["1-2-2"] } }).runs;
  const whole = expandSweep({ name: "c", config: { ...listed[0]?.config, preset: "my own" } }).runs;
  const reversed = parseConfig(Object.fromEntries(Object.entries(listed[0]?.config ?? {}).reverse()));
  const ids = [listed, varied, whole].map((runs) => runs[0]?.id);
  expect(new Set([...ids, sweepRunId(reversed)])).toEqual(new Set([ids[0]]));
  expect(sweepRunId({ ...reversed, seed: reversed.seed + 1 })).not.toBe(ids[0]);
  expect(ids[0]).toMatch(/^[0-9a-f]{16}$/);
});

test("without seeds every run has the seed of the base, and without a grid the base is the only point", () => {
  const { runs } = expandSweep({ name: "s", preset: "tiny", config: { seed: 8 } });
  expect(runs.map(({ config, values }) => [config.seed, values])).toEqual([[8, {}]]);
});

test.each([
  ["a field that is not there", { grid: { "group.learningrate": [1] } }, /^group\.learningrate 1: learningrate: .*no such/],
  ["a path through a number", { grid: { "seed.low": [1] } }, /^seed\.low 1: low: .*no such field here/],
  ["a path through a prototype", { grid: { "__proto__.seed": [1] } }, /__proto__: .*no such field here/],
  [
    "a value out of range",
    { grid: { grouping: ["2-2-2"], "group.momentum": [0.9, 2] } },
    /^grouping 2-2-2, group\.momentum 2: group\.momentum: /,
  ],
  [
    "an impossible combination",
    { runs: [{ grouping: "2-2-2" }, { grouping: "4-2-2" }] },
    /^grouping 4-2-2: grouping: .*fewer groups deeper/,
  ],
  ["a fault in the base", { config: { model: { depth: 11 } }, seeds: [1, 2] }, /^config: model\.depth: .*6n \+ 4/],
  ["an unknown preset", { preset: "huge" }, /^config: /],
  ["a seed in the grid", { grid: { seed: [1, 2] } }, /seed is no field to vary \| Name seeds as `seeds`/],
  ["a preset in the list", { runs: [{ preset: "paper" }] }, /preset is no field to vary/],
  [
    "a path in both",
    { runs: [{ grouping: "2-2-2" }], grid: { grouping: ["1-2-2"] } },
    /grouping is in the list of runs and in the grid/,
  ],
  ["no values", { grid: { grouping: [] } }, /^grid\.grouping: name at least one value/],
  ["one value without a list", { grid: { grouping: "2-2-2" } }, /^grid\.grouping: /],
  ["seeds that are none", { seeds: [1.5] }, /^seeds: write a list of whole numbers/],
  ["too many seeds", { seeds: { from: 0, count: 1e9 } }, /10001 runs, and a sweep has at most 10000/],
  ["seeds that do not end", { seeds: { from: 4294967295, count: 2 } }, /^seeds: 2 from 4294967295 on go beyond/],
  ["a value that is too large", { grid: { grouping: [new Array(3000).fill(1)] } }, /^grid\.grouping\.0: more than 2000 values/],
  ["an unknown field of the sweep", { gird: {} }, /gird/],
  ["a name for no folder", { name: "../up" }, /^name: use at most 40/],
])("%s is an error that names the point and the field", (_, sweep, message) => {
  expect(problem(sweep)).toMatch(message);
});

test("runs that are there twice are named by their numbers", () => {
  expect(problem({ grid: { "group.learningRate": [0.1, 0.2, 0.1] }, seeds: [4, 5] })).toMatch(
    /^sweep: runs 1 and 5 are the same \(group\.learningRate 0\.1, seed 4\); runs 2 and 6 are the same/,
  );
});

test("the bound on runs is met exactly, and one more is refused before any is written out", () => {
  const rates = Array.from({ length: 100 }, (_, index) => (index + 1) / 1000);
  const grid = { "group.learningRate": rates };
  expect(expandSweep({ name: "s", preset: "tiny", grid, seeds: { from: 0, count: MOST_RUNS / 100 } }).runs.length).toBe(
    MOST_RUNS,
  );
  expect(problem({ grid, seeds: { from: 0, count: MOST_RUNS / 100 + 1 } })).toMatch(/10100 runs, and a sweep has at most 10000/);
  const wide = Object.fromEntries(["momentum", "weightDecay", "dropoutKeep"].map((field) => [`group.${field}`, rates]));
  expect(problem({ grid: { ...grid, ...wide } })).toMatch(/100000000 runs/);
});

test.each([
  ["an open bracket", "name: [", /s\.yaml: neither JSON nor YAML \(.*, line 1, column 8\)/],
  ["a name twice", "name: a\nname: b\n", /Map keys must be unique.*line 2/],
  ["a tag", "name: !!js/function a\n", /tag/i],
  ["two documents", "name: a\n---\nname: b\n", /multiple documents/],
  ["nothing", "", /s\.yaml: .*sweep: /],
  ["a list", "- a\n", /s\.yaml: .*sweep: /],
  ["brackets without end", "[".repeat(20_000), /more than 12 lists and objects within each other/],
  ["a YAML of more than a person writes", "# ".repeat(20_000), /not JSON, and more than the 32000 characters/],
  ["dashes without end", "- ".repeat(10_000), /more than 12 lists and objects within each other/],
])("a text with %s is refused and says where", (_, text, message) => {
  expect(problemOf(() => parseSweepText(text, "s.yaml"))).toMatch(message);
});

test("aliases that multiply are refused in no time", () => {
  const layers = "bcdefghij".split("").map((name, index) => `${name}: &${name} [${`*${"abcdefghi"[index]},`.repeat(9)}]`);
  const bomb = ["a: &a [1,1,1,1,1,1,1,1,1]", ...layers].join("\n");
  const start = performance.now();
  expect(problemOf(() => parseSweepText(bomb, "s.yaml"))).toMatch(/alias/i);
  // Seconds, where the whole would have a billion values.
  expect(performance.now() - start).toBeLessThan(5000);
});
