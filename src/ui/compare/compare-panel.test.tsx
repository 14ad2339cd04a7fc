import { expect, test } from "vitest";
import { presetConfig } from "../../model/presets";
import type { EngineEvent } from "../../protocol/events";
import type { ComparedRunView } from "../../protocol/views";
import { READY, sampleRecord } from "../../state/testing";
import { listText } from "../../state/view";
import { renderAfter, textOf } from "../testing";
import { ComparePanel } from "./compare-panel";
import { comparedLines, comparedRows } from "./compared-lines";

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
const compared = (number: number, points = 4): ComparedRunView => ({
  runId: `run-${number}`,
  best: { stage: "group", step: 200 * number, top1: number / 10 },
  unsplit: 0.6,
  split: 0.6 + number / 100,
  cost: { unsplit: { parameters: 100, flops: 100 }, split: { parameters: 100 - 10 * number, flops: 50 } },
  line: {
    steps: Float64Array.from({ length: points }, (_, index) => 10 * index),
    times: Float64Array.from({ length: points }, (_, index) => day + 30_000 * index),
    values: Float64Array.from({ length: points }, (_, index) => number / 10 + index / 100),
  },
});
const told: readonly EngineEvent[] = [
  ...READY,
  { kind: "runsListed", runs: records },
  { kind: "runsDescribed", descriptions: { "run-1": { name: "first", notes: "" }, "run-2": { name: "second", notes: "" } } },
];
const both: EngineEvent = {
  kind: "runsCompared",
  comparison: { stage: "group", metric: "top1", runs: [1, 2].map((number) => compared(number)), unreadable: [] },
};
const shown = (events: readonly EngineEvent[], ids: readonly string[], view: object = {}) =>
  renderAfter(<ComparePanel />, events, (store) => store.look({ compare: listText(ids), ...view }));

test("with fewer than two runs the panel says what to do; runs of the address that are not here are counted", () => {
  expect(textOf(renderAfter(<ComparePanel />, told))).toContain("Tick Compare at two or more runs");
  expect(textOf(shown(told, ["run-1", "x-1", "x-2"]))).toMatch(
    /Tick Compare .* 2 more runs that the address asks for are not stored/,
  );
});

test("until the engine has read them the panel waits", () => {
  expect(shown(told, ["run-1", "run-2"])).toContain('aria-busy="true"');
});

test("runs stand side by side with their best validation, and only the settings that differ", () => {
  const words = textOf(shown([...told, both], ["run-1", "run-2"]));
  expect(words).toContain("20.0% Grouping, step 400 60.0% 62.0% 20.0% 50.0% Split");
  expect(words).toContain("Settings that differ Setting 1: first 2: second seed 1 2 Metric");
  expect(words).toContain("2: second 4 23.0% 20.0% 23.0%");
});

test("the table can be sorted by a column, which says so", () => {
  const order = (sort: string) =>
    [
      ...shown([...told, both], ["run-1", "run-2"], { "compare.sort": sort }).matchAll(/<th scope="row"><svg.*?<\/svg> (\d):/g),
    ].map(([, number]) => number);
  expect(order("date")).toEqual(["2", "1"]);
  expect(shown([...told, both], ["run-1", "run-2"], { "compare.sort": "best" })).toMatch(
    /aria-sort="descending"><button[^>]*>Best validation/,
  );
});

test("runs that differ in the seed alone can be drawn as their mean, which says of how many", () => {
  const words = textOf(shown([...told, both], ["run-1", "run-2"], { "compare.mean": "on" }));
  expect(words).toContain("1 + 2, mean of 2 seeds (1, 2)");
  expect(words).toContain("sample standard deviation (n = 2)");
  expect(words).toMatch(/mean of 2 seeds \(1, 2\) 4 18.0% ± 7.1%/);
  const byTime = textOf(shown([...told, both], ["run-1", "run-2"], { "compare.mean": "on", axis: "time" }));
  expect(byTime).toContain("on an axis of minutes every run is drawn");
});

test("a run that cannot be read is an alert with cause and cure beside the others", () => {
  const error = { name: "CheckpointError", message: "the plan is damaged", cure: "Start a new run." };
  const partly: EngineEvent = {
    ...both,
    comparison: { ...both.comparison, unreadable: [{ runId: "run-3", error }] },
  };
  const markup = shown([...told, partly], ["run-1", "run-2", "run-3"]);
  expect(markup).toContain('role="alert"');
  expect(textOf(markup)).toMatch(/cannot be read: the plan is damaged Start a new run\./);
});

test("lines keep their runs' axis: steps, epochs of the data set, minutes since their first point; all of them are drawn with bounded points", () => {
  const dataset = READY.flatMap((event) => (event.kind === "datasetChanged" ? event.dataset! : []))[0]!;
  const runs = records.map((record, index) => ({
    record,
    run: compared(index + 1, 100_000),
    name: record.id,
    number: index + 1,
  }));
  const fact = { kind: "stored", dataset } as const;
  const lines = (axis: "step" | "epoch" | "time") =>
    comparedLines(runs, fact, { stage: "group", axis, smoothed: false, means: false });
  const epoch = (dataset.trainCount - dataset.validationCount) / tiny.group.batchSize;
  expect(lines("step")[0]!.x[3]).toBe(30);
  expect(lines("epoch")[0]!.x[3]).toBe(30 / epoch);
  expect(lines("time")[0]!.x[3]).toBe(1.5);
  const rows = comparedRows(lines("step"));
  expect(rows.length).toBeLessThan(2100);
  expect(rows.every((row, index) => index === 0 || rows[index - 1]!.x <= row.x)).toBe(true);
});
