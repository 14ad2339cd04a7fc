import { expect, test } from "vitest";
import { normals, randomStream } from "../base/random";
import { type HostTensor, type NamedTensors, tensorNamed } from "../base/tensor";
import { fill } from "../model/golden";
import { mergeIndices, parseGrouping } from "../model/grouping";
import { initialParameters, initialStatistics } from "../model/initial";
import { groupedLayers } from "../model/lookup";
import type { ModelSpec } from "../model/spec";
import { wideResnet } from "../model/wide-resnet";
import { discretize } from "../splitnet/discretize";
import type { Partition, Partitions } from "../splitnet/partition";
import { planSplit } from "../splitnet/plan";
import { sliceState } from "../splitnet/slice";
import { runNetwork } from "./network";
import { widen } from "./tensor64";
import { relativeError } from "./testing";

const CLASSES = 13;

test.each([
  ["2-2-2", 1, 2],
  ["1-2-2", 1, 1],
  ["1-1-4", 1, 1],
  ["2-4-4", 1, 1],
  ["3-5-7", 1, 1],
  ["2-3-3", 2, 1],
])(
  "splitting changes no logit of the network without its off-block weights: %s at width %d, %d units a stage",
  (text, width, units) => {
    const spec = wideResnet({
      residualUnits: units,
      widen: width,
      classes: CLASSES,
      grouping: parseGrouping(text),
      blockOrder: "pre-activation",
      dropout: false,
    });
    const dense = { parameters: randomised(initialParameters(spec, 3)), statistics: randomised(initialStatistics(spec)) };
    const partitions = discretize(spec, dense.parameters, "assign-nearest");
    const plan = planSplit(spec, partitions);
    const split = sliceState(spec, plan, dense);
    const images = fill([1, 32, 32, 3], 0.5, 1);
    const inference = { kind: "inference" } as const;

    const masked = {
      parameters: widen(withoutOffBlock(spec, partitions, dense.parameters)),
      statistics: widen(dense.statistics),
    };
    const expected = runNetwork(spec, masked, images, inference).logits.data;
    const blocks = { parameters: widen(split.parameters), statistics: widen(split.statistics) };
    const actual = runNetwork(plan.spec, blocks, images, inference).logits.data;

    const ordered = plan.classOrder.map((label) => expected[label]!);
    expect(relativeError(actual, ordered)).toBeLessThan(1e-12);
    const unsplit = runNetwork(spec, { parameters: widen(dense.parameters), statistics: masked.statistics }, images, inference);
    expect(relativeError(unsplit.logits.data, expected)).toBeGreaterThan(0.01);
  },
);

/** Adds seeded noise, so that groups are uneven and no statistic, beta or gamma is the same for two channels. */
function randomised(tensors: NamedTensors): NamedTensors {
  const stream = randomStream(11, "sample");
  return new Map(
    [...tensors].map(([name, { shape, data }], index) => {
      const noise = normals(stream, data.length, 0.05, index);
      return [name, { shape, data: data.map((value, i) => value + noise[i]!) }];
    }),
  );
}

/** Zeroes the weights between channels of different groups. */
function withoutOffBlock(spec: ModelSpec, partitions: Partitions, parameters: NamedTensors): NamedTensors {
  const masked = new Map<string, HostTensor>(parameters);
  for (const layer of groupedLayers(spec)) {
    const name = `${layer.name}/${layer.kind === "conv" ? "kernel" : "weights"}`;
    const { shape, data } = tensorNamed(parameters, name);
    const [inputs, outputs] = [shape.at(-2)!, shape.at(-1)!];
    const inputGroup = groupIn(partitions.get(layer.inputSpace)!, layer.groups);
    const outputGroup = groupIn(partitions.get(layer.outputSpace)!, layer.groups);
    const kept = data.map((value, i) => (inputGroup(Math.floor(i / outputs) % inputs) === outputGroup(i % outputs) ? value : 0));
    masked.set(name, { shape, data: kept });
  }
  return masked;
}

function groupIn(partition: Partition, groups: number): (member: number) => number {
  const supergroupOf = mergeIndices(partition.groups, groups);
  return (member) => supergroupOf[partition.groupOf[member]!]!;
}
