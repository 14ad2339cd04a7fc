import { afterAll, beforeAll, expect, test } from "vitest";
import { type ExampleOptions, exampleNetwork } from "../export/testing";
import { type OpenDevice, openDevice } from "../kernels/device";
import { bytesOn } from "../kernels/device-memory";
import { UNTUNED } from "../kernels/tuning-choice";
import { fill } from "../model/golden";
import { runNetwork } from "../reference/network";
import { widen } from "../reference/tensor64";
import { handedChannels, type LeafLogits, mergedLogits, shareOf } from "../splitnet/part-values";
import { type NetworkPart, networkParts } from "../splitnet/parts";
import { splitTree } from "../splitnet/savings";
import { HostEvaluation } from "./host-evaluation";

let device: OpenDevice;
beforeAll(async () => {
  device = await openDevice(navigator.gpu);
});
afterAll(() => device.close());

const CASES: Record<string, ExampleOptions> = {
  "an even 2-2-2": { grouping: "2-2-2", blockOrder: "pre-activation", sizes: "even", classes: 6 },
  "an uneven 2-4-4": { grouping: "2-4-4", blockOrder: "pre-activation", sizes: "uneven", classes: 9 },
  "a 3-3-3": { grouping: "3-3-3", blockOrder: "pre-activation", sizes: "uneven", classes: 7, residualUnits: 2 },
  "a 1-1-4, which hands over pooled channels": { grouping: "1-1-4", blockOrder: "pre-activation", sizes: "uneven", classes: 9 },
  "a 1-1-4 with dropout": { grouping: "1-1-4", blockOrder: "pre-activation", sizes: "uneven", classes: 9, dropout: true },
  "a post-activation 2-3-5": { grouping: "2-3-5", blockOrder: "post-activation", sizes: "uneven", classes: 11 },
};
const BATCH = 3;
const images = fill([BATCH, 32, 32, 3], 0.5, 1);

async function evaluated(part: Pick<NetworkPart, "spec" | "tensors" | "output">, values: Float32Array): Promise<Float32Array> {
  const { spec, tensors, output } = part;
  const hosted = { network: { spec, ...tensors }, output, batch: BATCH };
  const evaluation = await HostEvaluation.prepare(device.device, hosted, UNTUNED[device.report.kind]);
  const first = await evaluation.run(values);
  expect(await evaluation.run(values)).toEqual(first);
  evaluation.dispose();
  return first;
}

/** Logits of every leaf at or below a part. */
async function leaves(part: NetworkPart, values: Float32Array): Promise<LeafLogits[]> {
  const output = await evaluated(part, values);
  if (part.classes !== null) return [{ logits: output, classes: part.classes }];
  const below: LeafLogits[] = [];
  for (const child of part.children) below.push(...(await leaves(child, shareOf(output, handedChannels(part), child.takes!))));
  return below;
}

test.each(Object.keys(CASES))(
  "trunk and branches of %s, each by itself between host and device, and the whole network give the float64 oracle's logits",
  { timeout: 60_000 },
  async (name) => {
    const { dense, plan, network } = exampleNetwork(CASES[name]!);
    const state = { parameters: widen(network.parameters), statistics: widen(network.statistics) };
    const oracle = runNetwork(plan.spec, state, images, { kind: "inference" }).logits.data;
    const classes = plan.classOrder.length;
    const expected = new Float64Array(oracle.length);
    oracle.forEach((value, index) => {
      expected[index - (index % classes) + plan.classOrder[index % classes]!] = value;
    });
    const input = Float32Array.from(images.data);
    const root = networkParts(plan, splitTree(dense, plan), network);
    expect(largestDifference(mergedLogits(await leaves(root, input)), expected)).toBeLessThan(1e-4);
    const whole = await evaluated({ spec: plan.spec, tensors: network, output: plan.spec.layers.at(-1)!.name }, input);
    expect(largestDifference(mergedLogits([{ logits: whole, classes: plan.classOrder }]), expected)).toBeLessThan(1e-4);
    expect(bytesOn(device.device)).toBe(0);
  },
);

/** Of the largest logit: float32 through a dozen layers, the bound of the split law on the device. */
function largestDifference(actual: Float32Array, expected: Float64Array): number {
  expect(actual).toHaveLength(expected.length);
  const largest = Math.max(...expected.map(Math.abs));
  return Math.max(...Array.from(actual, (value, index) => Math.abs(value - expected[index]!))) / largest;
}
