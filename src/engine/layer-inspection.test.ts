import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { groupedLayers } from "../model/lookup";
import { weightsName } from "../model/parameters";
import { offBlockShare } from "../splitnet/block-mass";
import { tapNorms } from "../splitnet/weight-picture";
import { openFolder } from "../storage/folder/open";
import type { EngineContext } from "./context";
import { inspectLayer } from "./layer-inspection";
import { groupTraining } from "./networks";
import { createRun, storedRun } from "./runs";
import { finetuneStage, groupStage, splitStage } from "./stages";
import { lastCheckpoint } from "./stored-checkpoint";
import { exampleConfig, exampleContext, stoppedAt } from "./testing";

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

async function grouped(): Promise<{ context: EngineContext; id: string }> {
  const root = await mkdtemp(join(tmpdir(), "splitnet-layer-"));
  folders.push(root);
  const context = exampleContext(openFolder(root).runs);
  const { id } = await createRun(context, exampleConfig);
  await groupStage(context, id);
  return { context, id };
}

const total = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, value) => sum + value, 0);

test("a layer's picture holds the weights of the last checkpoint, its histograms every number of them", async () => {
  const { context, id } = await grouped();
  const run = await storedRun(context.runs, id);
  const { spec } = groupTraining(run);
  const state = (await lastCheckpoint(context, run, groupTraining(run)))!;
  for (const layer of groupedLayers(spec)) {
    const { step, picture, histograms } = await inspectLayer(context, run, "group", layer.name);
    const weights = state.parameters.get(weightsName(layer))!;
    expect(step).toBe(exampleConfig.group.steps);
    expect(picture.stride).toBe(1);
    const drawn = [...picture.norms].sort();
    expect(drawn).toEqual([...Float32Array.from(tapNorms(weights).data)].sort());
    expect(picture.inputs.sizes).toHaveLength(layer.groups);
    const [values, momentum, scales] = histograms;
    expect([values!.of, momentum!.of, scales!.of]).toEqual(["weights", "momentum", "scales"]);
    expect(values!.histogram.count).toBe(weights.data.length);
    expect(values!.histogram.mean).toBeCloseTo(total(weights.data) / weights.data.length, 12);
    expect(total(momentum!.histogram.counts)).toBe(weights.data.length);
    expect(scales!.histogram.count).toBe(weights.shape.at(-2));
  }
});

test("a layer that is not grouped is one block; the first reads no batch norm", async () => {
  const { context, id } = await grouped();
  const { picture, histograms } = await inspectLayer(context, await storedRun(context.runs, id), "group", "init_conv");
  expect(picture.inputs).toEqual({ order: [0, 1, 2], sizes: [3] });
  expect(histograms.map(({ of }) => of)).toEqual(["weights", "momentum"]);
});

test("a split layer has nothing off its blocks, and all that it has on them", async () => {
  const { context, id } = await grouped();
  await splitStage(context, id);
  await finetuneStage(context, id);
  const run = await storedRun(context.runs, id);
  for (const layer of groupedLayers(groupTraining(run).spec)) {
    const { picture, histograms, step } = await inspectLayer(context, run, "finetune", layer.name);
    expect(step).toBe(exampleConfig.finetune.steps);
    const { rows, columns, norms, inputs, outputs } = picture;
    const [down, across] = [inputs, outputs].map(({ sizes }) => sizes.flatMap((size, group) => Array<number>(size).fill(group)));
    const mass = new Float64Array(layer.groups ** 2);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        mass[down![row]! * layer.groups + across![column]!]! += norms[row * columns + column]! ** 2;
      }
    }
    expect(offBlockShare(mass, layer.groups)).toBe(0);
    const { count, mean, deviation } = histograms[0]!.histogram;
    expect(total(mass) / (count * (deviation ** 2 + mean ** 2))).toBeCloseTo(1, 5);
  }
});

test("what is not there yet is refused with a reason", async () => {
  const { context, id } = await grouped();
  const run = await storedRun(context.runs, id);
  await expect(inspectLayer(context, run, "finetune", "logits/fc")).rejects.toThrow("no checkpoint of stage 2");
  await expect(inspectLayer(context, run, "group", "toString")).rejects.toThrow("the network has no layer toString");
  const fresh = await createRun(context, exampleConfig);
  await expect(inspectLayer(context, fresh, "group", "logits/fc")).rejects.toThrow("no checkpoint of stage 1");
  await stoppedAt(context, fresh.id, groupStage, 4);
  const stopped = await storedRun(context.runs, fresh.id);
  expect((await inspectLayer(context, stopped, "group", "logits/fc")).step).toBe(stopped.checkpointStep);
});
