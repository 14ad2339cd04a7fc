import { afterAll, beforeAll, expect, test } from "vitest";
import { normals, randomStream } from "../base/random";
import type { HostTensor, NamedTensors } from "../base/tensor";
import { type OpenDevice, openDevice } from "../kernels/device";
import { DeviceMemory } from "../kernels/device-memory";
import { mergeIndices, parseGrouping } from "../model/grouping";
import { initialParameters, initialStatistics } from "../model/initial";
import { groupedLayers, groupedSpaces } from "../model/lookup";
import type { ModelSpec } from "../model/spec";
import { wideResnet } from "../model/wide-resnet";
import type { Partitions } from "../splitnet/partition";
import { planSplit } from "../splitnet/plan";
import { sliceState } from "../splitnet/slice";
import { forwardOnce } from "./host-forward";
import { NetworkBuffers } from "./network-buffers";

let device: OpenDevice;
beforeAll(async () => {
  device = await openDevice(navigator.gpu);
});
afterAll(() => device.close());

const CLASSES = 11;
const BATCH = 2;
const images = normals(randomStream(5, "sample"), BATCH * 3072, 1, 1);

/** Even: interleaved members, as equal as they come. Uneven: the first group takes twice the rest's share. */
function partitionsOf(spec: ModelSpec, even: boolean): Partitions {
  return new Map(
    groupedSpaces(spec).map(({ name, size, groups }) => {
      const period = even ? groups : groups + 1;
      return [name, { groups, groupOf: Array.from({ length: size }, (_, i) => (i % period) % groups) }];
    }),
  );
}

/** Weights between different groups set to zero, group of a channel merged to each layer's number of groups. */
function withoutOffBlock(spec: ModelSpec, partitions: Partitions, parameters: NamedTensors): NamedTensors {
  const masked = new Map(parameters);
  for (const layer of groupedLayers(spec)) {
    const groupsOf = (space: string): number[] => {
      const { groups, groupOf } = partitions.get(space)!;
      const merged = mergeIndices(groups, layer.groups);
      return groupOf.map((group) => merged[group]!);
    };
    const [rows, columns] = [groupsOf(layer.inputSpace), groupsOf(layer.outputSpace)];
    const name = `${layer.name}/${layer.kind === "conv" ? "kernel" : "weights"}`;
    const { shape, data } = parameters.get(name)!;
    const kept = data.map((value, i) => {
      const column = i % columns.length;
      const row = Math.floor(i / columns.length) % rows.length;
      return rows[row] === columns[column] ? value : 0;
    });
    masked.set(name, { shape, data: kept });
  }
  return masked;
}

/** Noise on every tensor, so that no two channels are alike. */
function noisy(tensors: NamedTensors): NamedTensors {
  return new Map(
    [...tensors].map(([name, { shape, data }], index): [string, HostTensor] => {
      const noise = normals(randomStream(9, "sample"), data.length, 0.05, index);
      return [name, { shape, data: data.map((value, i) => value + noise[i]!) }];
    }),
  );
}

async function logitsOf(spec: ModelSpec, parameters: NamedTensors, statistics: NamedTensors): Promise<number[][]> {
  const memory = new DeviceMemory(device.device);
  const rows = await forwardOnce(new NetworkBuffers(memory, spec, { parameters, statistics }), images, "inference");
  memory.dispose();
  return rows;
}

test.each([
  ["2-2-2", true],
  ["2-2-2", false],
  ["1-2-2", false],
  ["1-1-4", false],
  ["2-4-4", false],
  ["3-5-7", false],
])(
  "splitting %s (even: %s) changes no logit of the masked network on the device",
  { timeout: 60_000 },
  async (grouping, even) => {
    const spec = wideResnet({
      residualUnits: 1,
      widen: 2,
      classes: CLASSES,
      grouping: parseGrouping(grouping),
      blockOrder: "pre-activation",
      dropout: false,
    });
    const parameters = noisy(initialParameters(spec, 3));
    const statistics = noisy(initialStatistics(spec));
    const partitions = partitionsOf(spec, even);
    const plan = planSplit(spec, partitions);
    const sliced = sliceState(spec, plan, { parameters, statistics });
    const masked = await logitsOf(spec, withoutOffBlock(spec, partitions, parameters), statistics);
    const split = await logitsOf(plan.spec, sliced.parameters, sliced.statistics);
    const unmasked = await logitsOf(spec, parameters, statistics);
    const largest = Math.max(...masked.flat().map(Math.abs));
    const difference = (rows: number[][], order: readonly number[]): number =>
      Math.max(
        ...rows.flatMap((row, image) => row.map((value, position) => Math.abs(value - masked[image]![order[position]!]!))),
      );
    expect(difference(split, plan.classOrder) / largest).toBeLessThan(1e-4);
    expect(
      difference(
        unmasked,
        plan.classOrder.map((_, i) => i),
      ) / largest,
    ).toBeGreaterThan(0.01);
  },
);
