import { describe, expect, test } from "vitest";
import { normals, randomStream } from "../base/random";
import { hostTensor, type NamedTensors, sizeOf } from "../base/tensor";
import { parseGrouping } from "../model/grouping";
import { groupedSpaces } from "../model/lookup";
import { assignmentParameters, layerParameters } from "../model/parameters";
import type { ModelSpec } from "../model/spec";
import { wideResnet } from "../model/wide-resnet";
import { planSplit } from "../splitnet/plan";
import { channelLayouts, logitColumns } from "./channel-layout";
import { networkLayout, pack, unpack } from "./parameter-layout";

const CLASSES = 11;

function network(grouping: string): ModelSpec {
  return wideResnet({
    residualUnits: 1,
    widen: 1,
    classes: CLASSES,
    grouping: parseGrouping(grouping),
    blockOrder: "pre-activation",
    dropout: false,
  });
}

/** Groups of 1, 3, then the rest, so that runs are off every multiple of four. */
function split(grouping: string): ModelSpec {
  const spec = network(grouping);
  const groupOf = (member: number, groups: number): number => (member < 1 ? 0 : member < 4 ? 1 : Math.min(2, groups - 1));
  return planSplit(
    spec,
    new Map(
      groupedSpaces(spec).map(({ name, size, groups }) => [
        name,
        { groups, groupOf: Array.from({ length: size }, (_, member) => groupOf(member, groups)) },
      ]),
    ),
  ).spec;
}

describe.each([
  ["a dense network", network("1-2-2")],
  ["an uneven split into 3-3-3", split("3-3-3")],
  ["an uneven split into 1-2-3", split("1-2-3")],
])("%s", (_, spec) => {
  const layout = networkLayout(spec);

  test("every run of channels that a layer cuts out starts at a multiple of four", () => {
    for (const { size, positions, boundaries } of channelLayouts(spec).values()) {
      expect(size % 4).toBe(0);
      expect([...boundaries.values()].every((boundary) => boundary % 4 === 0)).toBe(true);
      // In order, without overlap, none beyond the end.
      expect(positions.every((position, i) => position < size && (i === 0 || position > positions[i - 1]!))).toBe(true);
    }
  });

  test("packing loses nothing, and what it adds is zero", () => {
    const parameters = [...layerParameters(spec), ...assignmentParameters(spec)];
    const tensors: NamedTensors = new Map(
      parameters.map(({ name, shape }, index) => [
        name,
        hostTensor(shape, normals(randomStream(1, "sample"), sizeOf(shape), 1, index)),
      ]),
    );
    const flat = pack(layout.parameters, tensors);
    expect(unpack(layout.parameters, flat)).toEqual(tensors);
    const values = parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    expect(flat.filter((value) => value !== 0)).toHaveLength(values);
  });

  test("segments can be bound on their own and do not overlap", () => {
    let end = 0;
    for (const { offset, count, taps, paddedRows, paddedColumns } of layout.segments) {
      expect(offset % 64).toBe(0);
      expect(offset).toBeGreaterThanOrEqual(end);
      expect(count).toBe(taps * paddedRows * paddedColumns);
      end = offset + count;
    }
    expect(end).toBeLessThanOrEqual(layout.parameters.floats);
  });

  test("every class has a column of its own among the logits", () => {
    expect(new Set(logitColumns(spec)).size).toBe(CLASSES);
  });
});

test("a tensor of another shape is refused by name", () => {
  const layout = networkLayout(network("1-1-1"));
  const tensors = new Map(unpack(layout.parameters, new Float32Array(layout.parameters.floats)));
  tensors.set("logits/fc/weights", hostTensor([2, 2], new Float32Array(4)));
  expect(() => pack(layout.parameters, tensors)).toThrow(/logits\/fc\/weights is \[2, 2\], this network needs \[64, 11\]/);
});
