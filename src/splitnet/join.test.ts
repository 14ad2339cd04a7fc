import { expect, test } from "vitest";
import { type ExampleOptions, exampleNetwork } from "../export/testing";
import { fill } from "../model/golden";
import { runNetwork } from "../reference/network";
import { widen } from "../reference/tensor64";
import { relativeError } from "../reference/testing";
import { joinBlocks } from "./join";
import { type NetworkTensors, sliceState } from "./slice";

const CASES: Record<string, ExampleOptions> = {
  "an even 2-2-2": { grouping: "2-2-2", blockOrder: "pre-activation", sizes: "even", classes: 6 },
  "an uneven 2-4-4": { grouping: "2-4-4", blockOrder: "pre-activation", sizes: "uneven", classes: 9 },
  "a 1-1-3 of two units": { grouping: "1-1-3", blockOrder: "pre-activation", sizes: "uneven", classes: 7, residualUnits: 2 },
  "an unsplit network": { grouping: "1-1-1", blockOrder: "pre-activation", sizes: "even", classes: 5 },
};

test.each(Object.keys(CASES))("joined, %s slices to the same tensors, and every other weight is zero", (name) => {
  const { dense, plan, network } = exampleNetwork(CASES[name]!);
  const joined = joinBlocks(dense, plan, network);
  const sliced = sliceState(dense, plan, joined);
  expect(sliced).toEqual({ parameters: network.parameters, statistics: network.statistics });
  expect(nonZeros(joined)).toBe(nonZeros(network));
});

test.each(Object.keys(CASES))("joined, %s computes the logits of the split network, in label order", (name) => {
  const { dense, plan, network } = exampleNetwork(CASES[name]!);
  const images = fill([1, 32, 32, 3], 0.5, 1);
  const logits = (spec: typeof dense, { parameters, statistics }: NetworkTensors) =>
    runNetwork(spec, { parameters: widen(parameters), statistics: widen(statistics) }, images, { kind: "inference" }).logits.data;
  const unsplit = logits(dense, joinBlocks(dense, plan, network));
  const ordered = plan.classOrder.map((label) => unsplit[label]!);
  expect(relativeError(logits(plan.spec, network), ordered)).toBeLessThan(1e-12);
});

test("in post-activation order, where batch norms stand elsewhere, there is nothing to join", () => {
  const { plan, network } = exampleNetwork({
    grouping: "2-2-2",
    blockOrder: "post-activation",
    sizes: "even",
    classes: 6,
  });
  const preActivation = exampleNetwork(CASES["an even 2-2-2"]!).dense;
  expect(() => joinBlocks(preActivation, plan, network)).toThrow(/restart at the split/);
});

function nonZeros({ parameters, statistics }: NetworkTensors): number {
  const all = [...parameters.values(), ...statistics.values()];
  return all.reduce((sum, { data }) => sum + data.filter((value) => value !== 0).length, 0);
}
