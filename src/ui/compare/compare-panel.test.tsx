import { expect, test } from "vitest";
import { presetConfig } from "../../model/presets";
import { progressOf, type RunRecord } from "../../model/run";
import type { RunSummary } from "../../model/run-summary";
import type { RunLine } from "../../protocol/comparison";
import type { EngineEvent } from "../../protocol/events";
import { READY, sampleRecord, sampleSummary } from "../../state/testing";
import { listText } from "../../state/view";
import { renderAfter, textOf } from "../testing";
import { ComparePanel } from "./compare-panel";
import { comparedLines, lineRows } from "./compared-lines";

const tiny = presetConfig("tiny");
const day = Date.UTC(2026, 10, 24, 12);
const records = [1, 2, 3].map((number) =>
  sampleRecord({
    id: `run-${number}`,
    createdAt: day + number,
    phase: "finetuned",
    config: { ...tiny, seed: number === 3 ? 1 : number, precision: number === 3 ? "f16" : "f32" },
  }),
);
const summary = (record: RunRecord, number: number): RunSummary =>
  sampleSummary({
    runId: record.id,
    progress: progressOf(record),
    best: { stage: "group", step: 200 * number, top1: number / 10 },
    unsplit: 0.6,
    split: 0.6 + number / 100,
    cost: { unsplit: { parameters: 100, flops: 100 }, split: { parameters: 100 - 10 * number, flops: 50 } },
    classGroups: number === 1 ? [0, 0, 0, 1, 1, 1] : [0, 0, 1, 1, 1, 0],
  });
const line = (record: RunRecord, number: number, points = 4): RunLine => ({
  runId: record.id,
  progress: progressOf(record),
  steps: Float64Array.from({ length: points }, (_, index) => 10 * index),
  times: Float64Array.from({ length: points }, (_, index) => day + 30_000 * index),
  values: Float64Array.from({ length: points }, (_, index) => number / 10 + index / 100),
});
const listed: readonly EngineEvent[] = [
  ...READY,
  { kind: "runsListed", runs: records },
  { kind: "runsDescribed", descriptions: { "run-1": { name: "first", notes: "" }, "run-2": { name: "second", notes: "" } } },
];
const summaries = records.map((record, index) => summary(record, index + 1));
const told: readonly EngineEvent[] = [...listed, { kind: "runsSummarized", view: { summaries, unreadable: [] } }];
const lines = records.map((record, index) => line(record, index + 1));
const drawn: readonly EngineEvent[] = [
  ...told,
  { kind: "linesLoaded", view: { stage: "group", metric: "top1", lines, unreadable: [], kept: [] } },
];
const shown = (events: readonly EngineEvent[], ids: readonly string[], view: object = {}) =>
  renderAfter(<ComparePanel />, events, (store) => store.look({ compare: listText(ids), ...view }));
const all = (view: object = {}, ids: readonly string[] = []) => shown(drawn, ids, { "compare.runs": "all", ...view });
/** Names of the rows of the table of runs, in their order. */
const rowsOf = (markup: string): readonly string[] => {
  const table = markup.slice(markup.indexOf("compare-table"), markup.indexOf("</table>"));
  return [...table.matchAll(/<th scope="row">(.*?)<\/th>/g)].map(([, name]) => textOf(name!));
};

test("with fewer than two runs the panel says what to do; runs of the address that are not here are counted", () => {
  expect(textOf(renderAfter(<ComparePanel />, listed))).toContain("Tick Compare at two or more runs");
  expect(textOf(shown(listed, ["run-1", "x-1", "x-2"]))).toMatch(
    /Tick Compare .* 2 more runs that the address asks for are not stored/,
  );
});

test("until the engine has read them the panel waits, and shows what there is while others are still read", () => {
  expect(shown(listed, ["run-1", "run-2"])).toContain('aria-busy="true"');
  const first: EngineEvent = { kind: "runsSummarized", view: { summaries: summaries.slice(0, 1), unreadable: [] } };
  const partly = shown([...listed, first], ["run-1", "run-2"]);
  expect(textOf(partly)).toContain("Reading the runs: 1 of 2…");
  expect(rowsOf(partly)).toEqual(["1: first"]);
});

test("ticked runs stand side by side with their best validation, and only the settings that differ", () => {
  const words = textOf(shown(drawn, ["run-1", "run-2"]));
  expect(words).toContain("20.0% Grouping, step 400 60.0% 62.0% 20.0% 50.0% Split");
  expect(words).toContain("Settings that differ Setting 1: first 2: second seed 1 2 Metric");
  expect(words).toContain("2: second 4 23.0% 20.0% 23.0%");
});

test("all stored runs are a table in which some are ticked to be drawn, and settings that differ are columns", () => {
  const markup = all({}, ["run-2"]);
  expect(rowsOf(markup)).toEqual([expect.stringContaining("Nov 24"), "1: second", "first"]);
  expect(textOf(markup)).toContain("seed precision");
  const boxes = [...markup.matchAll(/<input[^>]*aria-label="Draw [^>]*>/g)].map(([tag]) => tag);
  expect(boxes.map((tag) => tag.includes('checked=""'))).toEqual([false, true, false]);
});

test("a table of all is narrowed by words, and says how far", () => {
  const markup = all({ "compare.filter": "seed=1 first" });
  expect(rowsOf(markup)).toEqual(["first"]);
  expect(textOf(markup)).toContain("1 of 3 runs.");
});

test("the table can be sorted by any column, which says so", () => {
  expect(rowsOf(all({ "compare.sort": "best_falling" }))[0]).toMatch(/^Nov 24/);
  expect(rowsOf(all({ "compare.sort": "best_rising" })).slice(0, 2)).toEqual(["first", "second"]);
  expect(rowsOf(all({ "compare.sort": "precision_rising" }))[0]).toMatch(/^Nov 24/);
  expect(rowsOf(all({ "compare.sort": "name_falling" })).slice(0, 2)).toEqual(["second", expect.stringContaining("Nov 24")]);
  expect(all({ "compare.sort": "best_falling" })).toMatch(/aria-sort="descending"><button[^>]*>Best validation/);
});

test("where as many lines are drawn as can be told apart, no further run can be ticked, and it is said why", () => {
  const many = Array.from({ length: 14 }, (_, index) => sampleRecord({ id: `n-${index}`, createdAt: day + index }));
  const events: readonly EngineEvent[] = [
    ...READY,
    { kind: "runsListed", runs: many },
    { kind: "runsSummarized", view: { summaries: many.map((record) => summary(record, 1)), unreadable: [] } },
  ];
  const twelve = many.slice(0, 12).map(({ id }) => id);
  const markup = shown(events, twelve, { "compare.runs": "all" });
  expect(markup.match(/<input type="checkbox" aria-label="Draw [^>]*aria-disabled="true"/g)).toHaveLength(2);
  expect(textOf(markup)).toContain("The curves of 12 runs are drawn at most");
});

test("runs that differ in the seed alone can stand as their mean, in table, chart and curves, which say of how many", () => {
  const markup = shown(drawn, ["run-1", "run-2"], { "compare.mean": "on" });
  const words = textOf(markup);
  expect(rowsOf(markup)).toEqual(["1 + 2: first, mean of 2 seeds (1, 2)"]);
  expect(words).toContain("15.0% ± 7.1% 60.0% ± 0.0% 61.5% ± 0.7% 15.0% ± 7.1% 50.0% ± 0.0%");
  expect(words).toContain("sample standard deviation (n = 2)");
  expect(words).toMatch(/mean of 2 seeds \(1, 2\) 4 18.0% ± 7.1%/);
  expect(words).toMatch(/mean of 2 seeds \(1, 2\) split 85 50 61.50% ± 0.71% 2/);
  const byTime = textOf(shown(drawn, ["run-1", "run-2"], { "compare.mean": "on", axis: "time" }));
  expect(byTime).toContain("on an axis of minutes every run is drawn");
});

test("published results stand beside runs on as many classes, or where somebody asks, and are called so with their table", () => {
  expect(textOf(shown(drawn, ["run-1", "run-2"]))).not.toContain("WRN-16-8");
  const words = textOf(shown(drawn, ["run-1", "run-2"], { "compare.published": "on" }));
  expect(words).toMatch(/WRN-16-8 published, unsplit, Table 2 11M 3.1B 75.72% –/);
  expect(words).toMatch(/Deep split \(dropout\) published, split, Table 2 5.9M 2.11B 75.34% –/);
  expect(words).toContain("Only runs on CIFAR-100 can be compared with them");
  const classes = Array.from({ length: 100 }, (_, label) => `class ${label}`);
  const cifar = records.map((record) => ({ ...record, classes, superclassOf: classes.map((_, label) => label % 2) }));
  const ungrouped = summaries.map((own) => ({ ...own, classGroups: null }));
  const events: readonly EngineEvent[] = [
    ...drawn,
    { kind: "runsListed", runs: cifar },
    { kind: "runsSummarized", view: { summaries: ungrouped, unreadable: [] } },
  ];
  expect(textOf(shown(events, ["run-1", "run-2"]))).toContain("WRN-16-8");
  expect(textOf(shown(events, ["run-1", "run-2"], { "compare.published": "off" }))).not.toContain("WRN-16-8");
});

test("the groups of drawn runs are compared with the superclasses and with each other", () => {
  const words = textOf(shown(drawn, ["run-1", "run-2", "run-3"]));
  expect(words).toMatch(/1: first 2 1.00 1.00 … 2: second 2 -0.11 0.08 …/);
  expect(words).toMatch(/1 and 2 -0.11 0.08 … 1 and 3 -0.11 0.08 … 2 and 3 1.00 1.00 … Mean of 3 0.26 ± 0.64 0.39 ± 0.53/);
});

test("every table and chart has its numbers as CSV", () => {
  const labels = [...shown(drawn, ["run-1", "run-2"]).matchAll(/aria-label="Save ([^"]*) as CSV"/g)].map(([, title]) => title);
  expect(labels).toEqual(["the table of runs", "Accuracy and cost", "Validation top-1", "Agreement of the groups"]);
});

test("a run that cannot be read is an alert with cause and cure beside the others", () => {
  const error = { name: "CheckpointError", message: "the plan is damaged", cure: "Start a new run." };
  const unreadable = [{ runId: "run-3", progress: progressOf(records[2]!), error }];
  const partly: readonly EngineEvent[] = [
    ...listed,
    { kind: "runsSummarized", view: { summaries: summaries.slice(0, 2), unreadable } },
    { kind: "linesLoaded", view: { stage: "group", metric: "top1", lines: lines.slice(0, 2), unreadable, kept: [] } },
  ];
  const markup = shown(partly, ["run-1", "run-2", "run-3"]);
  expect(markup.match(/role="alert"/g)).toHaveLength(1);
  expect(textOf(markup)).toMatch(/cannot be read: the plan is damaged Start a new run\./);
});

test("lines keep their runs' axis: steps, epochs of the data set, minutes since their first point; all of them are drawn with bounded points", () => {
  const dataset = READY.flatMap((event) => (event.kind === "datasetChanged" ? event.dataset! : []))[0]!;
  const runs = records.map((record, index) => ({
    ...{ record, summary: summaries[index]!, name: record.id, number: index + 1 },
    line: line(record, index + 1, 100_000),
  }));
  const fact = { kind: "stored", dataset } as const;
  const made = (axis: "step" | "epoch" | "time") =>
    comparedLines(runs, fact, { stage: "group", axis, smoothed: false, means: false });
  const epoch = (dataset.trainCount - dataset.validationCount) / tiny.group.batchSize;
  expect(made("step")[0]!.x[3]).toBe(30);
  expect(made("epoch")[0]!.x[3]).toBe(30 / epoch);
  expect(made("time")[0]!.x[3]).toBe(1.5);
  const rows = lineRows(made("step"));
  expect(rows.length).toBeLessThan(2100);
  expect(rows.every((row, index) => index === 0 || rows[index - 1]!.x <= row.x)).toBe(true);
});
