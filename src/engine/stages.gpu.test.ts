import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type OpenDevice, openDevice } from "../kernels/device";
import { bytesOn } from "../kernels/device-memory";
import type { Metric, TrainingStage } from "../model/run";
import { openFolder } from "../storage/folder/open";
import type { EngineContext, EngineFact } from "./context";
import { deviceCompute } from "./device-compute";
import { exportStage } from "./export-stage";
import { createRun } from "./runs";
import { evaluateStage, finetuneStage, groupStage, resumeStage, splitStage } from "./stages";
import { archiveBytes, exampleConfig, exampleContext } from "./testing";

let device: OpenDevice;
const folders: string[] = [];
beforeAll(async () => {
  device = await openDevice(navigator.gpu);
});
afterAll(async () => {
  device.close();
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
});

/** A context over a folder; a second one over the same folder is a restarted program. */
async function context(root?: string): Promise<EngineContext & { readonly root: string }> {
  const folder = root ?? (await mkdtemp(join(tmpdir(), "splitnet-engine-")));
  if (root === undefined) folders.push(folder);
  const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));
  const changes = { compute: deviceCompute(device), now: Date.now, breathe };
  return { ...exampleContext(openFolder(folder).runs, changes), root: folder };
}

function losses(metrics: readonly Metric[], stage: TrainingStage): number[] {
  return metrics.flatMap((metric) => (metric.kind === "step" && metric.stage === stage ? [metric.total] : []));
}

/** Trains until the stage's first checkpoint is written, then dies without another word to storage. */
async function killedAfterCheckpoint(
  engine: EngineContext,
  stage: (context: EngineContext, id: string) => Promise<unknown>,
  id: string,
): Promise<void> {
  const observer = (fact: EngineFact): void => {
    if (fact.kind === "checkpointed") throw new Error("killed");
  };
  await expect(stage({ ...engine, observer }, id)).rejects.toThrow("killed");
}

test("a run killed in both stages, resumed by new processes, has the losses of one that never stopped", async () => {
  const whole = await context();
  const { id } = await createRun(whole, exampleConfig);
  await groupStage(whole, id);
  await splitStage(whole, id);
  await finetuneStage(whole, id);

  const first = await context();
  const killed = await createRun(first, exampleConfig);
  await killedAfterCheckpoint(first, groupStage, killed.id);
  const second = await context(first.root);
  expect(await resumeStage(second, killed.id)).toBe("finished");
  await splitStage(second, killed.id);
  await killedAfterCheckpoint(second, finetuneStage, killed.id);
  const third = await context(first.root);
  expect(await resumeStage(third, killed.id)).toBe("finished");

  const expected = await whole.runs.readMetrics(id);
  const actual = await third.runs.readMetrics(killed.id);
  expect(losses(expected, "group")).toHaveLength(exampleConfig.group.steps);
  for (const stage of ["group", "finetune"] as const) expect(losses(actual, stage)).toEqual(losses(expected, stage));

  // The two runs are one value: what is made of them is equal as well.
  const bytes = bytesOn(device.device);
  const evaluations = [await evaluateStage(whole, id), await evaluateStage(third, killed.id)];
  const confusion = evaluations.map((pair) => [pair?.unsplit.confusion, pair?.split?.confusion]);
  expect(confusion[1]).toEqual(confusion[0]);
  expect((await archiveBytes(await exportStage(third, killed.id))).length).toBeGreaterThan(1000);
  expect(bytesOn(device.device)).toBe(bytes);
});
