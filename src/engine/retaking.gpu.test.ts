import { mkdtemp, readFile, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type OpenDevice, openDevice } from "../kernels/device";
import type { RunTrouble, TrainingStage } from "../model/run";
import { openFolder } from "../storage/folder/open";
import { sha256 } from "../storage/sha256";
import type { EngineFact } from "./context";
import { deviceCompute } from "./device-compute";
import { createRun } from "./runs";
import { evaluateStage, finetuneStage, groupStage, splitStage } from "./stages";
import { exampleConfig, exampleContext } from "./testing";

let device: OpenDevice;
let root: string;
beforeAll(async () => {
  device = await openDevice(navigator.gpu);
  root = await mkdtemp(join(tmpdir(), "splitnet-retaking-"));
});
afterAll(async () => {
  device.close();
  await rm(root, { recursive: true });
});

test("the last steps of both stages, taken again on a device, are the same to the bit", async () => {
  const troubles: RunTrouble[] = [];
  const observer = (fact: EngineFact): void => {
    if (fact.kind === "troubled") troubles.push(fact.trouble);
  };
  const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));
  const context = exampleContext(openFolder(root).runs, { compute: deviceCompute(device), breathe, observer });
  const { id } = await createRun(context, exampleConfig);
  await groupStage(context, id);
  await splitStage(context, id);
  await finetuneStage(context, id);
  const stages = ["group", "finetune"] as const;
  const fileOf = (stage: TrainingStage) => join(root, "runs", id, `${stage}.safetensors`);
  const hashes = () => Promise.all(stages.map(async (stage) => sha256(await readFile(fileOf(stage)))));
  const [before, evaluation] = [await hashes(), await evaluateStage(context, id)];
  for (const stage of stages) await truncate(fileOf(stage), 1000);
  const again = await evaluateStage(context, id);
  expect(await hashes()).toEqual(before);
  expect(again?.unsplit.confusion).toEqual(evaluation?.unsplit.confusion);
  expect(again?.split?.confusion).toEqual(evaluation?.split?.confusion);
  const told = (stage: TrainingStage, step: number) => [
    { kind: "retaking", stage, step, steps: exampleConfig[stage].steps },
    { kind: "retaken", stage },
  ];
  expect(troubles).toEqual([...told("group", 8), ...told("finetune", 6)]);
});
