import { mkdtemp, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { openFolder } from "../storage/folder/open";
import { sha256 } from "../storage/sha256";
import { contents } from "../storage/testing";
import { checkpointName } from "./checkpoint";
import type { EngineContext } from "./context";
import { forkRun } from "./fork";
import { createRun } from "./runs";
import { finetuneStage, groupStage, resumeStage, splitStage } from "./stages";
import { storedCopies } from "./stored-copies";
import { exampleConfig, exampleContext, stoppedAt } from "./testing";

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

let root: string;
let context: EngineContext;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "splitnet-fork-"));
  folders.push(root);
  context = exampleContext(openFolder(root).runs);
});

const started = async (config = exampleConfig): Promise<string> => (await createRun(context, config)).id;

/** Hash of a stage's last checkpoint. */
const network = async (id: string, stage: "group" | "finetune") =>
  sha256((await contents(context.runs.readFile(id, checkpointName(stage))))!);

const stepsOf = async (id: string, stage: "group" | "finetune") =>
  (await context.runs.readMetrics(id)).flatMap((metric) =>
    metric.kind === "step" && metric.stage === stage ? [metric.step] : [],
  );

/** Everything of a run, to see that it stays as it is. */
const whole = async (id: string) => ({
  record: await context.runs.get(id),
  metrics: await context.runs.readMetrics(id),
  network: await network(id, "group"),
});

describe("a fork goes on to what its run comes to, with the curves up to there, and leaves that run alone", () => {
  test("in stage 1", async () => {
    const id = await started();
    await stoppedAt(context, id, groupStage, 6);
    const before = await whole(id);
    const fork = await forkRun(context, id, { stage: "group", copy: "last" }, null);
    expect(fork).toMatchObject({
      phase: "grouping",
      checkpointStep: 6,
      config: exampleConfig,
      forkedFrom: { runId: id, stage: "group", step: 6 },
    });
    expect(fork.id).not.toBe(id);
    expect(await stepsOf(fork.id, "group")).toEqual([0, 1, 2, 3, 4, 5]);
    await resumeStage(context, fork.id);
    expect(await whole(id)).toEqual(before);
    await resumeStage(context, id);
    expect(await network(fork.id, "group")).toBe(await network(id, "group"));
    expect(await stepsOf(fork.id, "group")).toEqual(await stepsOf(id, "group"));
  });

  test("in stage 2, with stage 1 and the plan", async () => {
    const id = await started();
    await groupStage(context, id);
    await splitStage(context, id);
    await stoppedAt(context, id, finetuneStage, 4);
    const fork = await forkRun(context, id, { stage: "finetune", copy: "last" }, null);
    expect(fork).toMatchObject({ phase: "finetuning", checkpointStep: 4, forkedFrom: { stage: "finetune", step: 4 } });
    for (const run of [id, fork.id]) await resumeStage(context, run);
    expect(await network(fork.id, "finetune")).toBe(await network(id, "finetune"));
    expect(await context.runs.readMetrics(fork.id)).toHaveLength((await context.runs.readMetrics(id)).length);
  });
});

test("last, previous and best checkpoint of each stage are offered with their steps, and each can be forked", async () => {
  const id = await started();
  await groupStage(context, id);
  const copies = await storedCopies(context.runs, id);
  expect(copies.map(({ stage, copy }) => [stage, copy])).toEqual([
    ["group", "last"],
    ["group", "previous"],
    ["group", "best"],
  ]);
  const steps = copies.map((copy) => (copy.kind === "good" ? copy.step : null));
  expect(steps[0]).toBe(exampleConfig.group.steps);
  expect(steps[1]).toBeLessThan(exampleConfig.group.steps);
  expect(copies[2]).toMatchObject({ kind: "good", top1: 0.5 });
  for (const { stage, copy } of copies) {
    const fork = await forkRun(context, id, { stage, copy }, null);
    expect(steps).toContain(fork.checkpointStep);
    // Of an earlier checkpoint the points after it are none of the fork's.
    expect(await stepsOf(fork.id, "group")).toEqual([...Array(fork.checkpointStep).keys()]);
    await resumeStage(context, fork.id);
    expect(await context.runs.get(fork.id)).toMatchObject({ phase: "grouped" });
    expect(await network(fork.id, "group")).toBe(await network(id, "group"));
  }
});

test("a fork can go on with other settings, and with another seed, on the same network", async () => {
  const id = await started();
  await stoppedAt(context, id, groupStage, 6);
  const config = { ...exampleConfig, group: { ...exampleConfig.group, steps: 15, learningRate: 0.001 } };
  const fork = await forkRun(context, id, { stage: "group", copy: "last" }, config);
  expect(fork.config).toEqual(config);
  await resumeStage(context, fork.id);
  expect((await stepsOf(fork.id, "group")).at(-1)).toBe(14);
  expect((await context.runs.get(id))?.config).toEqual(exampleConfig);
});

test("settings that a checkpoint cannot go on with are refused by their name, and nothing is stored", async () => {
  const id = await started();
  await stoppedAt(context, id, groupStage, 6);
  const given = { source: "manual" as const, classes: [0, 1, 0, 1, 0, 1], channels: {} };
  const refused = [
    [{ ...exampleConfig, model: { ...exampleConfig.model, widen: 2 } }, /^model: /],
    [{ ...exampleConfig, grouping: "1-1-2" }, /^grouping: /],
    [{ ...exampleConfig, fixedGroups: given }, /^fixedGroups: /],
    [{ ...exampleConfig, group: { ...exampleConfig.group, steps: 5 } }, /^group\.steps: .* step 6, .* end at 5/],
  ] as const;
  for (const [config, cause] of refused) {
    await expect(forkRun(context, id, { stage: "group", copy: "last" }, config)).rejects.toThrow(cause);
  }
  expect(await context.runs.list()).toHaveLength(1);
});

test("a damaged checkpoint is said in the list and refused; the one before it can be forked", async () => {
  const id = await started();
  await groupStage(context, id);
  await truncate(join(root, "runs", id, checkpointName("group")), 100);
  const [last, previous] = await storedCopies(context.runs, id);
  expect(last).toMatchObject({ kind: "damaged", error: { name: "CheckpointError" } });
  expect(previous).toMatchObject({ copy: "previous", kind: "good" });
  await expect(forkRun(context, id, { stage: "group", copy: "last" }, null)).rejects.toThrow("the last checkpoint is damaged");
  await expect(forkRun(context, id, { stage: "finetune", copy: "best" }, null)).rejects.toThrow("no such checkpoint");
  expect(await context.runs.list()).toHaveLength(1);
  const fork = await forkRun(context, id, { stage: "group", copy: "previous" }, null);
  await resumeStage(context, fork.id);
  expect(await context.runs.get(fork.id)).toMatchObject({ phase: "grouped", failure: null });
});
