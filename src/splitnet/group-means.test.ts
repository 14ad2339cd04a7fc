import { expect, test } from "vitest";
import { denseNetwork, exampleNetwork } from "../export/testing";
import { fill } from "../model/golden";
import { runNetwork } from "../reference/network";
import { widen } from "../reference/tensor64";
import { layerGroups } from "./block-mass";
import { headOf, type OrderedNetwork, responseOf, withGroupMeans } from "./group-means";
import type { Partition } from "./partition";

const CASES = [
  ["2-2-2", "even", 6],
  ["2-4-4", "uneven", 9],
  ["1-1-4", "uneven", 9],
  ["3-5-7", "uneven", 11],
  ["1-1-1", "even", 5],
] as const;
const image = fill([1, 32, 32, 3], 0.5, 1);
const inference = { kind: "inference" } as const;

/** Values of the network's layers for the image, in float64. */
function run({ spec, tensors }: OrderedNetwork) {
  const state = { parameters: widen(tensors.parameters), statistics: widen(tensors.statistics) };
  return runNetwork(spec, state, image, inference);
}

/** What an engine hands back: the logits in the order of their classes. */
function inClassOrder({ classOrder }: OrderedNetwork, values: ArrayLike<number>): Float32Array {
  const ordered = new Float32Array(classOrder.length).fill(Number.NaN);
  classOrder.forEach((label, position) => {
    ordered[label] = values[position]!;
  });
  return ordered;
}

test.each(CASES)(
  "the network with group means gives the logits of the network and the mean of every group that its last layer reads: %s, %s",
  (grouping, sizes, classes) => {
    const { dense, plan, network } = exampleNetwork({ grouping, sizes, classes, blockOrder: "pre-activation" });
    const head = headOf(dense);
    const finest = plan.spaces.find(({ space }) => space === head.inputSpace)?.partition;
    const channels = dense.spaces.find(({ name }) => name === head.inputSpace)!.size;
    const groupOf = finest ? layerGroups(dense, head.inputSpace, head.groups, finest.groupOf) : new Array(channels).fill(0);
    const inputs: Partition = { groups: head.groups, groupOf };
    const whole = denseNetwork(dense);
    const order = plan.spaces.find(({ space }) => space === head.inputSpace)?.order ?? groupOf.map((_, channel) => channel);
    const networks: [OrderedNetwork, readonly number[]][] = [
      [{ spec: whole.spec, tensors: whole, classOrder: whole.classOrder }, groupOf],
      [{ spec: plan.spec, tensors: network, classOrder: plan.classOrder }, order.map((channel) => groupOf[channel]!)],
    ];
    for (const [plain, groups] of networks) {
      const metered = withGroupMeans(plain, inputs);
      expect([...metered.classOrder].sort((a, b) => a - b)).toEqual([...Array(classes + head.groups).keys()]);
      const { logits, groupMeans } = responseOf(inClassOrder(metered, run(metered).logits.data), classes, inputs);
      const before = run(plain);
      // Both are sums in float64 of the same products; what remains is the rounding of 1 / members and of the answer to float32.
      expect(largestDifference(logits, inClassOrder(plain, before.logits.data))).toBeLessThan(1e-6);
      const read = before.activations.get(head.input)!.data;
      const means = Array.from({ length: head.groups }, (_, group) => {
        const own = [...read].filter((_, channel) => groups[channel] === group);
        return own.reduce((sum, value) => sum + value, 0) / own.length;
      });
      expect(largestDifference(groupMeans.map(Number), means)).toBeLessThan(1e-6);
    }
  },
);

test("a group without members has no mean", () => {
  const inputs = { groups: 3, groupOf: [0, 2, 0] };
  expect(responseOf(Float32Array.of(5, 7, 0.25, 0, 0.5), 2, inputs)).toEqual({
    logits: Float32Array.of(5, 7),
    groupMeans: [0.25, null, 0.5],
  });
});

function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  const differences = Array.from(actual, (value, index) => Math.abs(value - expected[index]!));
  const largest = Math.max(...Array.from(expected, Math.abs));
  return Math.max(...differences) / largest;
}
