import { mkdtemp, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { groupingSpec } from "../model/build";
import type { Config } from "../model/config";
import type { RunRecord } from "../model/run";
import { fixedPartitions } from "../splitnet/fixed-groups";
import { groupSizes, type Partitions } from "../splitnet/partition";
import { openFolder } from "../storage/folder/open";
import { checkpointName } from "./checkpoint";
import type { EngineContext } from "./context";
import {
  classWeights,
  clusteringConfig,
  givenConfig,
  type LearnedRun,
  learnedRun,
  randomConfig,
  relearnedConfig,
  semanticConfig,
  unsplitConfig,
} from "./controls";
import { createRun } from "./runs";
import { evaluateStage, finetuneStage, groupStage, splitStage } from "./stages";
import { exampleConfig, exampleContext } from "./testing";

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

let root: string;
let context: EngineContext;
let learned: LearnedRun;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "splitnet-controls-"));
  folders.push(root);
  context = exampleContext(openFolder(root).runs);
  learned = await learnedRun(context, await trained({ ...exampleConfig, grouping: "2-2-2" }));
});

async function trained(config: Config): Promise<RunRecord> {
  const { id } = await createRun(context, config);
  await groupStage(context, id);
  await splitStage(context, id);
  await finetuneStage(context, id);
  await evaluateStage(context, id);
  return (await context.runs.get(id))!;
}

const sizesOf = (partitions: Partitions) => [...partitions].map(([space, partition]) => [space, groupSizes(partition)]);

/** Everything of a configuration but its groups. */
function recipe({ fixedGroups: _, grouping: __, seed: ___, ...others }: Config): unknown {
  return others;
}

test("every control has the learned run's recipe, and the seed asked for", () => {
  const weights = { shape: [2, 6], data: Float32Array.from({ length: 12 }, (_, i) => i % 5) };
  const controls = [
    unsplitConfig(learned, 9),
    relearnedConfig(learned, 9),
    randomConfig(learned, 9),
    semanticConfig(learned, 9),
    clusteringConfig(learned, 9, weights),
    givenConfig(learned, 9, "manual", [0, 1, 0, 1, 0, 1]),
  ];
  for (const config of controls) {
    expect(recipe(config)).toEqual(recipe(learned.record.config));
    expect(config.seed).toBe(9);
  }
  const sources = ["unsplit", "learned", "random", "semantic", "clustering", "manual"];
  expect(controls.map(({ grouping, fixedGroups }) => [grouping, fixedGroups?.source ?? null])).toEqual(
    sources.map((source) => [source === "unsplit" ? "1-1-1" : "2-2-2", /unsplit|learned/.test(source) ? null : source]),
  );
});

test("random groups are as large as the learned ones in every space, and others at every seed", () => {
  const drawn = [1, 2].map((seed) => {
    const config = randomConfig(learned, seed);
    return fixedPartitions(groupingSpec(config, 6), config.fixedGroups!, seed);
  });
  for (const partitions of drawn) expect(sizesOf(partitions)).toEqual(sizesOf(learned.partitions));
  expect(drawn[1]).not.toEqual(drawn[0]);
});

test("semantic groups are the superclasses where there are as many", () => {
  expect(semanticConfig(learned, 1).fixedGroups?.classes).toEqual(learned.record.superclassOf);
  const { record, partitions } = learned;
  const more = { record: { ...record, config: { ...record.config, grouping: "2-2-3" } }, partitions };
  expect(() => semanticConfig(more, 1)).toThrow("2 superclasses cannot make 3 groups");
});

test("a run of given groups is cut into them, and one without a split goes through every stage", async () => {
  const fixed = await trained(givenConfig(learned, 1, "manual", [1, 0, 0, 1, 1, 0]));
  expect(fixed).toMatchObject({ phase: "finetuned", evaluated: true });
  await expect(learnedRun(context, fixed)).rejects.toThrow("was given its groups (manual): there is nothing learned");
  const unsplit = await trained(unsplitConfig(learned, 1));
  expect(unsplit).toMatchObject({ phase: "finetuned", evaluated: true });
  await expect(learnedRun(context, unsplit)).rejects.toThrow("is not split: there is nothing learned");
  expect((await classWeights(context, unsplit)).shape).toEqual([64, 6]);
  await expect(classWeights(context, { ...unsplit, phase: "finetuning" })).rejects.toThrow("no trained class weights");
});

test("of a run whose last checkpoint is damaged, the one before it is not taken for what it learned", async () => {
  const { id } = await createRun(context, { ...exampleConfig, seed: 6 });
  await groupStage(context, id);
  await truncate(join(root, "runs", id, checkpointName("group")), 100);
  await expect(learnedRun(context, (await context.runs.get(id))!)).rejects.toThrow(`last checkpoint of run ${id} is damaged`);
});

test("what a grouped run would be split into is what it is split into", async () => {
  const { id } = await createRun(context, { ...exampleConfig, seed: 5 });
  const before = (await context.runs.get(id))!;
  await expect(learnedRun(context, before)).rejects.toThrow("has not finished Group");
  await groupStage(context, id);
  const grouped = await learnedRun(context, (await context.runs.get(id))!);
  await splitStage(context, id);
  const split = await learnedRun(context, (await context.runs.get(id))!);
  expect(grouped.partitions).toEqual(split.partitions);
});
