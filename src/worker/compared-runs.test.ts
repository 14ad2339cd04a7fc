import { beforeAll, expect, test } from "vitest";
import { damageFile, openStores, pausedRun, withSample } from "../../tests/support/studio";
import { PLAN_FILE } from "../engine/plan-file";
import { exampleConfig } from "../engine/testing";
import { progressOf } from "../model/run";
import type { LinesView, SummariesView } from "../protocol/comparison";

type Page = Awaited<ReturnType<typeof withSample>>;

const summaries = (page: Page): SummariesView => page.of("runsSummarized").at(-1)!.view;
const lines = (page: Page): LinesView => page.of("linesLoaded").at(-1)!.view;
const metricsOf = (page: Page, runId: string) =>
  page
    .of("metricsRecorded")
    .filter((event) => event.runId === runId)
    .flatMap(({ metrics }) => metrics);
let page: Page;
let ids: string[];

beforeAll(async () => {
  page = await withSample();
  await page.send({ kind: "group", config: exampleConfig, through: true });
  await page.send({ kind: "group", config: { ...exampleConfig, seed: 2 } });
  ids = page.of("runOpened").map(({ run }) => run.record.id);
});

test("runs are told with what is stored of them: the best validation, the evaluation, the cost and the groups of their classes", async () => {
  await page.send({ kind: "summarizeRuns", runIds: [...ids, ids[0]!] });
  const { summaries: told, unreadable } = summaries(page);
  expect(unreadable).toEqual([]);
  expect(told.map(({ runId }) => runId)).toEqual(ids);
  const [whole, grouped] = told;
  const evaluation = page.of("evaluated").at(-1)!.evaluation;
  const { tree, classGroups } = page.of("splitPlanned").at(-1)!;
  expect(whole).toMatchObject({ unsplit: evaluation.unsplit.top1, split: evaluation.split!.top1, classGroups });
  expect(whole!.cost).toEqual({ unsplit: tree.unsplit, split: tree.split });
  expect(grouped).toMatchObject({ unsplit: null, split: null, cost: { unsplit: tree.unsplit, split: null }, classGroups: null });
  const validations = metricsOf(page, ids[0]!).flatMap((metric) => (metric.kind === "validation" ? [metric] : []));
  const best = validations.reduce((a, b) => (b.top1 > a.top1 ? b : a));
  expect(whole!.best).toEqual({ stage: best.stage, step: best.step, top1: best.top1 });
});

test("what a run came to is kept: asked again, nothing of it but its record is read", async () => {
  const { database } = page;
  await page.send({ kind: "summarizeRuns", runIds: ids });
  const before = summaries(page);
  const { runs } = await openStores(database);
  expect([...(await runs.summaries()).keys()].sort()).toEqual([...ids].sort());
  // It is told as it was, though the plan that it was read from is not there any more.
  const plan = (await runs.readFile(ids[0]!, PLAN_FILE))!.bytes;
  await damageFile(database, ids[0]!, PLAN_FILE);
  await page.send({ kind: "summarizeRuns", runIds: ids });
  expect(summaries(page)).toEqual(before);
  await runs.writeFile(ids[0]!, PLAN_FILE, plan);
});

test("an answer reads eight runs whole at most; the next one, those that are left", async () => {
  const { runs } = await openStores(page.database);
  const record = (await runs.get(ids[1]!))!;
  const copies = Array.from({ length: 11 }, (_, index) => `copy-${index}`);
  for (const id of copies) await runs.put({ ...record, id });
  await page.send({ kind: "summarizeRuns", runIds: [...copies, ...ids] });
  expect(summaries(page).summaries).toHaveLength(8 + ids.length);
  await page.send({ kind: "summarizeRuns", runIds: [...copies, ...ids] });
  expect(summaries(page).summaries).toHaveLength(copies.length + ids.length);
  for (const id of copies) await runs.remove(id);
});

test("a line has every point of its metric; validations have lines of their own, and a stage that was not reached has none", async () => {
  await page.send({ kind: "loadLines", runIds: ids, kept: ["elsewhere"], stage: "group", metric: "crossEntropy" });
  const [whole] = lines(page).lines;
  const steps = metricsOf(page, ids[0]!).flatMap((metric) =>
    metric.kind === "step" && metric.stage === "group" ? [metric] : [],
  );
  expect([...whole!.steps]).toEqual(steps.map(({ step }) => step));
  expect([...whole!.times]).toEqual(steps.map(({ time }) => time));
  expect([...whole!.values]).toEqual(steps.map(({ crossEntropy }) => crossEntropy));
  expect(lines(page).kept).toEqual(["elsewhere"]);
  await page.send({ kind: "loadLines", runIds: ids, kept: [], stage: "finetune", metric: "top1" });
  expect(lines(page).lines[0]!.values.length).toBeGreaterThan(0);
  expect(lines(page).lines[1]!.values).toHaveLength(0);
});

test("a run that is not here, or is damaged, is said, and the others are told all the same", async () => {
  const { runs } = await openStores(page.database);
  const record = (await runs.get(ids[0]!))!;
  // Stored anew, so that what was known of it is let go.
  await runs.put(record);
  await damageFile(page.database, ids[0]!, PLAN_FILE);
  await page.send({ kind: "summarizeRuns", runIds: ["gone", ...ids] });
  const { summaries: told, unreadable } = summaries(page);
  expect(told.map(({ runId }) => runId)).toEqual([ids[1]]);
  expect(unreadable.map(({ runId, progress, error }) => [runId, progress, error.name])).toEqual([
    ["gone", null, "RequestError"],
    [ids[0], progressOf(record), "CheckpointError"],
  ]);
  await page.send({ kind: "loadLines", runIds: ["gone", ids[1]!], kept: [], stage: "group", metric: "top1" });
  expect(lines(page).lines.map(({ runId }) => runId)).toEqual([ids[1]]);
  expect(lines(page).unreadable.map(({ runId }) => runId)).toEqual(["gone"]);
  expect(page.of("requestFailed")).toEqual([]);
});

test("of the run in training also what is not stored yet is told, and not kept", async () => {
  const training = await pausedRun();
  const runId = training.page.runId();
  await training.page.send({ kind: "loadLines", runIds: [runId], kept: [], stage: "group", metric: "total" });
  const told = metricsOf(training.page, runId);
  const steps = told.filter(({ kind }) => kind === "step");
  expect(steps.length).toBeGreaterThan(0);
  expect(lines(training.page).lines[0]!.values).toHaveLength(steps.length);
  await training.page.send({ kind: "summarizeRuns", runIds: [runId] });
  const validated = told.flatMap((metric) => (metric.kind === "validation" ? [metric.top1] : []));
  expect(summaries(training.page).summaries[0]!.best?.top1 ?? null).toBe(validated.length === 0 ? null : Math.max(...validated));
  const { runs } = await openStores(training.page.database);
  expect([...(await runs.summaries())]).toEqual([]);
  await training.page.send({ kind: "stop" });
  await training.group;
});
