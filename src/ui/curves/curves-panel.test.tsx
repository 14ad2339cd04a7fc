import { expect, test } from "vitest";
import { presetConfig } from "../../model/presets";
import type { Resume, TrainingStage } from "../../model/run";
import { axisScale } from "../../state/curve-view";
import { appendMetrics, emptyCurves } from "../../state/curves";
import { GROUPING, READY, sampleRecord, sampleStep } from "../../state/testing";
import { EventLog } from "../log/event-log";
import { buttonNamed, renderAfter, textOf } from "../testing";
import { chartRows, pointsIn } from "./chart-rows";
import { accuracyChart, lossChart } from "./charts";
import { choicesOf, viewOfChoices } from "./curve-choices";
import { CurvesPanel } from "./curves-panel";

test("without a step the panel says what will be drawn", () => {
  expect(textOf(renderAfter(<CurvesPanel />, []))).toContain("appear here with the first step");
});

test("every curve can be read as a table, and the drawing says whether it is complete", () => {
  const words = textOf(renderAfter(<CurvesPanel />, GROUPING));
  expect(words).toContain("60 points, all drawn.");
  expect(words).toContain("Validation top-1 61.0% 61.0% 61.0%");
  expect(words).toContain("Uniform 10.1 10.1 10.1");
});

test("a sleep of the computer is a line in the curve, in the words beside it and in the log, but not where nothing trained", () => {
  const slept = { kind: "slept", milliseconds: 725_000 } as const;
  const words = textOf(renderAfter(<CurvesPanel />, [...GROUPING, slept]));
  expect(words).toContain("12 min 05 s for which the computer slept or the tab was frozen, before step 60.");
  expect(textOf(renderAfter(<EventLog />, [...GROUPING, slept]))).toContain(
    "frozen for 12 min 05 s; nothing was done meanwhile.",
  );
  const idle = [...GROUPING, { kind: "activityChanged", activity: { kind: "idle" } }, slept] as const;
  expect(textOf(renderAfter(<CurvesPanel />, idle))).not.toContain("slept");
  expect(textOf(renderAfter(<EventLog />, idle))).not.toContain("slept");
});

test("resumes are lines in the curves of their stage, once a step, with the steps that were taken again", () => {
  const time = Date.UTC(2024, 0, 31, 12);
  const at = (stage: TrainingStage, step: number, retaken: number): Resume => ({ stage, step, retaken, time });
  const record = sampleRecord({ resumes: [at("group", 20, 0), at("group", 20, 7), at("group", 40, 1), at("finetune", 50, 3)] });
  const words = textOf(renderAfter(<CurvesPanel />, [...GROUPING, { kind: "runChanged", record }]));
  expect(words).toMatch(
    /Lines mark the resume at step 20, Jan 31, \d\d:00, with 7 steps taken again; the resume at step 40, Jan 31, \d\d:00, with 1 step taken again\./,
  );
});

test("long curves are drawn decimated and say so", () => {
  const metrics = Array.from({ length: 5000 }, (_, step) => sampleStep(step));
  const words = textOf(renderAfter(<CurvesPanel />, [...GROUPING, { kind: "metricsRecorded", runId: "run-1", metrics }]));
  expect(words).toContain("all 5,060 points are kept");
});

test("a loss term that is zero throughout is not drawn, and rows ascend", () => {
  const metrics = [9, 10, 11].map((step) => ({ ...sampleStep(step, "finetune"), overlap: 0, weightSplit: 0, uniform: 0 }));
  const { finetune } = appendMetrics(emptyCurves(), metrics);
  const chart = lossChart(finetune, axisScale(finetune, "step", null), 0);
  expect(chart.styles.map(({ key }) => key)).toEqual(["total", "crossEntropy", "l2", "validationLoss"]);
  const sparse = { x: Float64Array.of(9.5, 12), lines: { validationLoss: Float64Array.of(3, 2) } };
  expect(chartRows(chart.dense, sparse).map(({ x }) => x)).toEqual([9, 9.5, 10, 11, 12]);
});

test("smoothing keeps the raw line, faint, beside the average of what changes from batch to batch, and can be left out", () => {
  const metrics = [0, 1, 2, 3].map((step) => ({ ...sampleStep(step), crossEntropy: step % 2 }));
  const { group } = appendMetrics(emptyCurves(), metrics);
  const scale = axisScale(group, "step", null);
  const { dense, styles } = lossChart(group, scale, 0.5);
  expect([...dense.lines.crossEntropy!]).toEqual([0, 1, 0, 1]);
  // 0.5 of each step, over the weight so far: 0, 0.5 / 0.75, 0.25 / 0.875, 0.625 / 0.9375.
  expect([...dense.lines.crossEntropySmooth!].map((value) => Number(value.toFixed(4)))).toEqual([0, 0.6667, 0.2857, 0.6667]);
  expect(styles.filter(({ faint }) => faint).map(({ key }) => key)).toEqual(["total", "crossEntropy"]);
  expect(Object.keys(dense.lines)).not.toContain("overlapSmooth");
  expect(Object.keys(lossChart(group, scale, 0).dense.lines)).not.toContain("crossEntropySmooth");
  expect(accuracyChart(group, scale, 0).styles.map(({ key, faint }) => [key, faint])[0]).toEqual(["batchAccuracy", false]);
});

test("a zoom draws the points of its stretch and one more at either side, at full resolution", () => {
  const x = Float64Array.from({ length: 10_000 }, (_, step) => step);
  const cut = pointsIn({ x, lines: { total: x } }, [4000.5, 4003]);
  expect([...cut.x]).toEqual([4000, 4001, 4002, 4003]);
  expect([...cut.lines.total!]).toEqual([4000, 4001, 4002, 4003]);
  expect(pointsIn({ x, lines: {} }, null).x).toHaveLength(10_000);
});

test("the axis can be steps, epochs of the run's data set, or minutes, and nothing is zoomed at first", () => {
  const markup = renderAfter(<CurvesPanel />, GROUPING);
  expect(textOf(markup)).toContain("Axis Steps Epochs Minutes");
  expect(markup).toMatch(/aria-label="Zoom in">/);
  expect(markup).toMatch(/disabled="" aria-label="Zoom out">/);
  const { dataset } = READY.find((event) => event.kind === "datasetChanged")!;
  const other = renderAfter(<CurvesPanel />, [...GROUPING, { kind: "datasetChanged", dataset: { ...dataset!, id: "data-2" } }]);
  expect(textOf(other)).toContain("Axis Steps Minutes");
});

test("drops of the learning rate that have come are lines in the curves", () => {
  const config = presetConfig("tiny");
  const drops = [
    { step: 30, factor: 0.5 },
    { step: 400, factor: 0.1 },
  ];
  const record = sampleRecord({ config: { ...config, group: { ...config.group, learningRateDrops: drops } } });
  const words = textOf(renderAfter(<CurvesPanel />, [...GROUPING, { kind: "runChanged", record }]));
  expect(words).toContain("Lines mark the learning rate times 0.5 from step 30 on.");
});

test("every term is explained with its equation, weight and value; fine-tuning has two", () => {
  const words = textOf(renderAfter(<CurvesPanel />, GROUPING));
  expect(words).toContain("Values of step 59");
  expect(words).toMatch(/Weight split Weights between different groups should vanish\. .* \(eq\. 4\) 5 0\.7/);
  const metrics = [sampleStep(0, "finetune")];
  const tuned = textOf(renderAfter(<CurvesPanel />, [...GROUPING, { kind: "metricsRecorded", runId: "run-1", metrics }]));
  expect(tuned).toContain("Weights should be small.");
  expect(tuned).not.toContain("Groups should be of equal size.");
});

test("choices that cannot be read are the usual ones", () => {
  const usual = { axis: "step", log: false, smoothing: 0.95, zoom: null };
  for (const zoom of ["", "group", "group_time_1", "group_day_1_2", "tune_time_1_2", "group_step_a_2"])
    expect(choicesOf({ axis: "day", log: "yes", smooth: "0.5", zoom })).toEqual(usual);
  expect(viewOfChoices(choicesOf({}))).toEqual({ axis: null, log: null, smooth: null, zoom: null });
  const choices = { axis: "time", log: true, smoothing: 0, zoom: { stage: "group", axis: "time", range: [0.5, 2] } } as const;
  const view = { axis: "time", log: "on", smooth: "0", zoom: "group_time_0.5_2" };
  expect(viewOfChoices(choices)).toEqual(view);
  expect(choicesOf(view)).toEqual(choices);
});

test("a line can be taken out of the charts: the legend says so, the table of its values keeps it", () => {
  const markup = renderAfter(<CurvesPanel />, GROUPING, (store) => store.look({ hidden: "uniform_top5" }));
  const pressed = (name: string) => /aria-pressed="([a-z]+)"/.exec(buttonNamed(markup, name) ?? "")?.[1];
  expect(["Total", "Uniform", "Validation top-1", "Validation top-5"].map(pressed)).toEqual(["true", "false", "true", "false"]);
  expect(textOf(markup)).toContain("Uniform 10.1 10.1 10.1");
});
