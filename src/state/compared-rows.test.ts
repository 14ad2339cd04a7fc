import { expect, test } from "vitest";
import { presetConfig } from "../model/presets";
import { type ComparedRun, filteredRuns, resultOf, rowResult, rowSetting, rowsOf, settingColumns } from "./compared-rows";
import { sampleRecord, sampleSummary } from "./testing";

const tiny = presetConfig("tiny");
function run(id: string, config: object = {}, summary: Parameters<typeof sampleSummary>[0] = {}): ComparedRun {
  return {
    record: sampleRecord({ id, config: { ...tiny, ...config } }),
    summary: sampleSummary({ runId: id, ...summary }),
    name: id,
  };
}
const ids = (runs: readonly ComparedRun[]) => runs.map(({ record }) => record.id);

test("runs that differ in the seed alone are one row where the first of them stands, with mean and deviation of those that have a value", () => {
  const runs = [
    run("a", { seed: 1 }, { split: 0.5 }),
    run("b", { precision: "f16" }),
    run("c", { seed: 2 }, { split: 0.7 }),
    run("d", { seed: 3 }, { split: null }),
  ];
  const rows = rowsOf(runs, true);
  expect(rows.map((row) => ids(row.runs))).toEqual([["a", "c", "d"], ["b"]]);
  const spread = rowResult(rows[0]!, "split")!;
  expect(spread.count).toBe(2);
  // 0.5 and 0.7 in float64.
  expect(spread.mean).toBeCloseTo(0.6, 12);
  expect(spread.deviation).toBeCloseTo(Math.sqrt(0.02), 12);
  expect(rowsOf(runs, false).map((row) => ids(row.runs))).toEqual([["a"], ["b"], ["c"], ["d"]]);
});

test("a column has the best validation, the evaluation's accuracies, and the shares that the split saved", () => {
  const cost = { unsplit: { parameters: 8, flops: 10 }, split: { parameters: 2, flops: 5 } };
  const summary = sampleSummary({ best: { stage: "group", step: 9, top1: 0.4 }, unsplit: 0.3, split: 0.2, cost });
  const columns = ["best", "unsplit", "split", "parameters", "flops"] as const;
  expect(columns.map((column) => resultOf(summary, column))).toEqual([0.4, 0.3, 0.2, 0.75, 0.5]);
  const unsplit = sampleSummary({ best: null, unsplit: null, split: null, cost: { ...cost, split: null } });
  expect(columns.map((column) => resultOf(unsplit, column))).toEqual([null, null, null, null, null]);
});

test("settings that differ are columns, in which a row of seeds has all of its values", () => {
  const runs = [run("a", { seed: 1 }), run("b", { seed: 2 }), run("c", { seed: 1, grouping: "2-4-4" })];
  const settings = settingColumns(runs);
  expect(settings.map(({ path }) => path)).toEqual(["seed", "grouping"]);
  const [seeds, other] = rowsOf(runs, true);
  expect([seeds, other].map((row) => settings.map((setting) => rowSetting(row!, setting)))).toEqual([
    ["1, 2", tiny.grouping],
    ["1", "2-4-4"],
  ]);
});

test("a filter wants every word somewhere, and exactly the value of a setting that is named", () => {
  const runs = [
    run("first", { seed: 1 }),
    run("second", { seed: 10, grouping: "2-4-4" }),
    run("third", { seed: 1, group: { ...tiny.group, learningRate: 0.25 } }),
  ];
  const found = (filter: string) => ids(filteredRuns(runs, settingColumns(runs), filter));
  expect(found("")).toEqual(["first", "second", "third"]);
  expect(found("  SECOND ")).toEqual(["second"]);
  expect(found("2-4-4 sample")).toEqual(["second"]);
  expect(found("2-4-4 first")).toEqual([]);
  expect(found("seed=1")).toEqual(["first", "third"]);
  expect(found("learningrate=0.25")).toEqual(["third"]);
  expect(found("group.learningRate=0.25 seed=1")).toEqual(["third"]);
  expect(found("learningRate=0.2")).toEqual([]);
});
