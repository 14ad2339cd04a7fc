import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Dataset, DatasetSummary, Examples } from "../data/dataset";
import { decodeSafetensors } from "../export/safetensors";
import { type OpenDevice, openDevice } from "../kernels/device";
import { openFolder } from "../storage/folder/open";
import { contents } from "../storage/testing";
import { checkpointName } from "./checkpoint";
import { deviceCompute } from "./device-compute";
import { createRun } from "./runs";
import { finetuneStage, groupStage, splitStage } from "./stages";
import { exampleConfig, exampleContext, exampleDataset, exampleSummary } from "./testing";

/**
 * The planted families of sample data are its coarse labels. That a network finds them proves something only where nothing that trains
 * can read them: these tests hold that of the three stages that make a network.
 */

let device: OpenDevice;
const folders: string[] = [];
beforeAll(async () => {
  device = await openDevice(navigator.gpu);
});
afterAll(async () => {
  device.close();
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
});

/** Everything that training leaves behind: losses and validations of both stages, and digests of the tensors of their checkpoints. */
async function trained(dataset: Dataset, summary: DatasetSummary): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), "splitnet-families-"));
  folders.push(folder);
  const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));
  const compute = deviceCompute(device);
  const context = exampleContext(openFolder(folder).runs, { dataset, summary, compute, breathe });
  const { id } = await createRun(context, exampleConfig);
  expect(await groupStage(context, id)).toBe("finished");
  await splitStage(context, id);
  expect(await finetuneStage(context, id)).toBe("finished");
  const stored = (["group", "finetune"] as const).map(async (stage) => {
    const bytes = await contents(context.runs.readFile(id, checkpointName(stage)));
    if (bytes === null) throw new Error(`no checkpoint of ${stage}`);
    return [...decodeSafetensors(bytes).tensors].map(([name, { data }]) => [
      name,
      createHash("sha256").update(data).digest("hex"),
    ]);
  });
  return { metrics: await context.runs.readMetrics(id), tensors: await Promise.all(stored) };
}

function withExamples(change: (examples: Examples) => Examples): Dataset {
  return { ...exampleDataset, train: change(exampleDataset.train), test: change(exampleDataset.test) };
}

test("training with other superclasses, and other names for everything, gives the same bits", async () => {
  const coarse = (label: number): number => (label % 2 === 0 ? 2 : label % 3);
  const other = {
    ...withExamples((examples) => ({ ...examples, coarse: examples.fine.map((label) => coarse(label)) })),
    classes: exampleDataset.classes.map((_, label) => `class ${label}`),
    superclasses: ["one", "two", "three"],
  };
  const { classes, superclasses } = other;
  const superclassOf = classes.map((_, label) => coarse(label));
  const summary = { ...exampleSummary, classes, superclasses, superclassOf };
  expect(superclassOf).not.toEqual(exampleSummary.superclassOf);
  expect(await trained(other, summary)).toEqual(await trained(exampleDataset, exampleSummary));
});

test("training never looks at a coarse label", async () => {
  const looked = (): never => {
    throw new Error("a coarse label was read");
  };
  const guarded = withExamples(({ count, images, fine }) => ({
    count,
    images,
    fine,
    get coarse(): Uint8Array {
      return looked();
    },
  }));
  await trained(guarded, exampleSummary);
  expect(() => guarded.train.coarse).toThrow("a coarse label was read");
});

test("labels do matter: with two classes exchanged the losses are others", async () => {
  const exchanged = withExamples((examples) => ({
    ...examples,
    fine: examples.fine.map((label) => (label < 2 ? 1 - label : label)),
  }));
  expect(await trained(exchanged, exampleSummary)).not.toEqual(await trained(exampleDataset, exampleSummary));
});
