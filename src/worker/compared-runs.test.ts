import { beforeAll, expect, test } from "vitest";
import { damageFile, pausedRun, withSample } from "../../tests/support/studio";
import { PLAN_FILE } from "../engine/plan-file";
import { exampleConfig } from "../engine/testing";
import type { ComparisonView } from "../protocol/views";

type Page = Awaited<ReturnType<typeof withSample>>;

const last = (page: Page): ComparisonView => page.of("runsCompared").at(-1)!.comparison;
let page: Page;
let ids: string[];

beforeAll(async () => {
  page = await withSample();
  await page.send({ kind: "group", config: exampleConfig, through: true });
  await page.send({ kind: "group", config: { ...exampleConfig, seed: 2 } });
  ids = page.of("runOpened").map(({ run }) => run.record.id);
});

test("runs are told side by side with what is stored of them, and every point of one metric", async () => {
  await page.send({ kind: "compareRuns", runIds: [...ids, ids[0]!], stage: "group", metric: "crossEntropy" });
  const { runs, unreadable } = last(page);
  expect(unreadable).toEqual([]);
  expect(runs.map(({ runId }) => runId)).toEqual(ids);
  const [whole, grouped] = runs;
  const evaluation = page.of("evaluated").at(-1)!.evaluation;
  expect(whole).toMatchObject({ unsplit: evaluation.unsplit.top1, split: evaluation.split!.top1 });
  const { tree } = page.of("splitPlanned").at(-1)!;
  expect(whole!.cost).toEqual({ unsplit: tree.unsplit, split: tree.split });
  expect(grouped).toMatchObject({ unsplit: null, split: null, cost: null });
  const recorded = page
    .of("metricsRecorded")
    .filter(({ runId }) => runId === ids[0])
    .flatMap(({ metrics }) => metrics);
  const steps = recorded.flatMap((metric) => (metric.kind === "step" && metric.stage === "group" ? [metric] : []));
  expect([...whole!.line.steps]).toEqual(steps.map(({ step }) => step));
  expect([...whole!.line.times]).toEqual(steps.map(({ time }) => time));
  expect([...whole!.line.values]).toEqual(steps.map(({ crossEntropy }) => crossEntropy));
  const tops = recorded.flatMap((metric) => (metric.kind === "validation" ? [metric.top1] : []));
  expect(whole!.best!.top1).toBe(Math.max(...tops));
});

test("validations have lines of their own; a stage that was not reached has none", async () => {
  await page.send({ kind: "compareRuns", runIds: ids, stage: "finetune", metric: "top1" });
  const { runs } = last(page);
  expect(runs[0]!.line.values.length).toBeGreaterThan(0);
  expect(runs[1]!.line.values).toHaveLength(0);
});

test("a run that is not here, or is damaged, is said, and the others are compared all the same", async () => {
  await damageFile(page.database, ids[0]!, PLAN_FILE);
  await page.send({ kind: "compareRuns", runIds: ["gone", ...ids], stage: "group", metric: "top1" });
  const { runs, unreadable } = last(page);
  expect(runs.map(({ runId }) => runId)).toEqual([ids[1]]);
  expect(unreadable.map(({ runId, error }) => [runId, error.name])).toEqual([
    ["gone", "RequestError"],
    [ids[0], "CheckpointError"],
  ]);
  expect(page.of("requestFailed")).toEqual([]);
});

test("of the run in training also what is not stored yet is compared", async () => {
  const training = await pausedRun();
  const runId = training.page.runId();
  await training.page.send({ kind: "compareRuns", runIds: [runId], stage: "group", metric: "total" });
  const told = training.page.of("metricsRecorded").flatMap(({ metrics }) => metrics.filter(({ kind }) => kind === "step"));
  expect(told.length).toBeGreaterThan(0);
  expect(last(training.page).runs[0]!.line.values).toHaveLength(told.length);
  await training.page.send({ kind: "stop" });
  await training.group;
});
