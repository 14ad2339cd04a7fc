import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { evaluationBatch } from "../data/augment";
import { type OpenDevice, openDevice } from "../kernels/device";
import { bytesOn } from "../kernels/device-memory";
import { fidelityRules } from "../model/fidelity";
import { runNetwork } from "../reference/network";
import { tensor64, widen } from "../reference/tensor64";
import { layerGroups } from "../splitnet/block-mass";
import { headOf } from "../splitnet/group-means";
import { openFolder } from "../storage/folder/open";
import { deviceCompute } from "./device-compute";
import { groupedNetwork, splitNetwork, storedCut } from "./networks";
import { createRun, storedRun } from "./runs";
import { finetuneStage, groupStage, splitStage } from "./stages";
import { exampleConfig, exampleContext, exampleDataset } from "./testing";
import { tryImage } from "./trial";

let device: OpenDevice;
let root: string;
beforeAll(async () => {
  device = await openDevice(navigator.gpu);
  root = await mkdtemp(join(tmpdir(), "splitnet-trial-"));
});
afterAll(async () => {
  device.close();
  await rm(root, { recursive: true });
});

test("an image gives both networks' logits and group means of the float64 oracle, before the split and after it", {
  timeout: 120_000,
}, async () => {
  const context = exampleContext(openFolder(root).runs, { compute: deviceCompute(device) });
  const { id } = await createRun(context, exampleConfig);
  await expect(tryImage(context, id, exampleDataset.test, 0)).rejects.toThrow("has not finished Group");
  await groupStage(context, id);
  const before = await tryImage(context, id, exampleDataset.test, 3);
  expect(before.split).toBeNull();
  await splitStage(context, id);
  await finetuneStage(context, id);
  const bytes = bytesOn(device.device);
  const after = await tryImage(context, id, exampleDataset.test, 3);
  expect(bytesOn(device.device)).toBe(bytes);
  expect(after.unsplit.logits).toEqual(before.unsplit.logits);

  const run = await storedRun(context.runs, id);
  const grouped = await groupedNetwork(context, run);
  const cut = await storedCut(context, run, grouped);
  const split = await splitNetwork(context, run, cut);
  const { whiteningGuard } = fidelityRules(run.config.fidelity);
  const { images } = evaluationBatch(exampleDataset.test, Uint32Array.of(3), whiteningGuard);
  const head = headOf(cut.dense);
  const groupOf = layerGroups(cut.dense, head.inputSpace, head.groups, cut.partitions.get(head.inputSpace)!.groupOf);
  const { order } = cut.plan.spaces.find(({ space }) => space === head.inputSpace)!;
  const answers = [
    {
      answer: after.unsplit,
      spec: cut.dense,
      tensors: grouped,
      classOrder: run.classes.map((_, label) => label),
      groups: groupOf,
    },
    { answer: after.split!, ...cut.plan, tensors: split, groups: order.map((channel) => groupOf[channel]!) },
  ];
  for (const { answer, spec, tensors, classOrder, groups } of answers) {
    const state = { parameters: widen(tensors.parameters), statistics: widen(tensors.statistics) };
    const oracle = runNetwork(spec, state, tensor64([1, 32, 32, 3], Float64Array.from(images)), { kind: "inference" });
    const read = oracle.activations.get(head.input)!.data;
    const means = Array.from({ length: head.groups }, (_, group) => {
      const own = [...read].filter((_, channel) => groups[channel] === group);
      return own.reduce((sum, value) => sum + value, 0) / own.length;
    });
    // Float32 through a dozen layers: the bound of the split law on the device.
    expectClose(
      classOrder.map((label) => answer.logits[label]!),
      oracle.logits.data,
    );
    expectClose(answer.groupMeans.map(Number), means);
  }
});

function expectClose(actual: readonly number[], expected: ArrayLike<number>): void {
  const largest = Math.max(...Array.from(expected, Math.abs));
  actual.forEach((value, index) => {
    expect(Math.abs(value - expected[index]!) / largest).toBeLessThan(1e-4);
  });
}
