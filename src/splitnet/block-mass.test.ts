import { expect, test } from "vitest";
import type { HostTensor } from "../base/tensor";
import { groupingSpec } from "../model/build";
import { initialParameters } from "../model/initial";
import { groupedLayers, groupedSpaces } from "../model/lookup";
import { weightsName } from "../model/parameters";
import { presetConfig } from "../model/presets";
import { blockMass, blockMasses, layerGroups, offBlockShare } from "./block-mass";

/** Two taps, three inputs, two outputs: 1 .. 12. */
const kernel: HostTensor = { shape: [1, 2, 3, 2], data: Float32Array.from({ length: 12 }, (_, index) => index + 1) };

test("squares are summed over taps into the block of their input's and output's group", () => {
  // Input 1 is of group 0, inputs 0 and 2 of group 1; output 0 is of group 1, output 1 of group 0.
  const mass = blockMass(kernel, [1, 0, 1], [1, 0], 2);
  expect([...mass]).toEqual([
    4 ** 2 + 10 ** 2,
    3 ** 2 + 9 ** 2,
    2 ** 2 + 6 ** 2 + 8 ** 2 + 12 ** 2,
    1 + 5 ** 2 + 7 ** 2 + 11 ** 2,
  ]);
});

test("the off-block share is what lies beside the diagonal; all of it or nothing where one half is zero", () => {
  expect(offBlockShare([3, 1, 2, 4], 2)).toBeCloseTo(3 / 10, 15);
  expect(offBlockShare([1, 2, 3, 4, 5, 6, 7, 8, 9], 3)).toBeCloseTo(30 / 45, 15);
  expect(offBlockShare([5, 0, 0, 7], 2)).toBe(0);
  expect(offBlockShare([0, 5, 7, 0], 2)).toBe(1);
  expect(offBlockShare([0, 0, 0, 0], 2)).toBe(0);
});

const spec = groupingSpec({ ...presetConfig("tiny"), grouping: "2-3-5" }, 7);
const parameters = initialParameters(spec, 4);
const assignments = new Map(
  groupedSpaces(spec).map(({ name, groups, size }): [string, HostTensor] => {
    const data = new Float32Array(groups * size);
    for (let member = 0; member < size; member++) data[((3 * member + 1) % groups) * size + member] = 1;
    return [name, { shape: [groups, size], data }];
  }),
);

test("the blocks of every grouped layer add up to the sum of squares of its weights", () => {
  const masses = blockMasses(spec, assignments, parameters);
  expect([...masses.keys()]).toEqual(groupedLayers(spec).map(({ name }) => name));
  for (const layer of groupedLayers(spec)) {
    const { shape, data } = masses.get(layer.name)!;
    expect(shape).toEqual([layer.groups, layer.groups]);
    const squares = parameters.get(weightsName(layer))!.data.reduce((sum, weight) => sum + weight * weight, 0);
    // Each block is rounded to float32.
    expect(data.reduce((sum, mass) => sum + mass, 0) / squares).toBeCloseTo(1, 6);
  }
});

test("weights that only join members of the same group have no mass off the blocks", () => {
  const own = new Map(parameters);
  for (const layer of groupedLayers(spec)) {
    const { shape, data } = parameters.get(weightsName(layer))!;
    const [rows, columns] = [shape.at(-2)!, shape.at(-1)!];
    const groupsOf = (space: string): number[] => {
      const { groups, size } = groupedSpaces(spec).find(({ name }) => name === space)!;
      const finest = Array.from({ length: size }, (_, member) => (3 * member + 1) % groups);
      return layerGroups(spec, space, layer.groups, finest);
    };
    const [inputs, outputs] = [groupsOf(layer.inputSpace), groupsOf(layer.outputSpace)];
    const kept = data.map((weight, i) => (inputs[Math.floor(i / columns) % rows] === outputs[i % columns] ? weight : 0));
    own.set(weightsName(layer), { shape, data: kept });
  }
  for (const { shape, data } of blockMasses(spec, assignments, own).values()) expect(offBlockShare(data, shape[0]!)).toBe(0);
});
