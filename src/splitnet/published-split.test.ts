import { expect, test } from "vitest";
import { filled, type NamedTensors } from "../base/tensor";
import { groupingSpec } from "../model/build";
import { asPublished } from "../model/fidelity";
import { initialParameters, initialStatistics } from "../model/initial";
import { presetConfig } from "../model/presets";
import { cutNetwork } from "./pipeline";
import type { NetworkTensors } from "./slice";

const CLASSES = 6;
const config = asPublished({ ...presetConfig("tiny"), emptyGroups: "assign-nearest" });
const dense = groupingSpec(config, CLASSES);

/** A network whose batch norms have all left where they start: a restarted one shows. */
function trained(): NetworkTensors {
  const parameters = initialParameters(dense, 3);
  return {
    parameters: new Map([...parameters].map(([name, tensor]) => [name, /bn/.test(name) ? filled(tensor.shape, 0.75) : tensor])),
    statistics: new Map([...initialStatistics(dense)].map(([name, { shape }]) => [name, filled(shape, 2.5)])),
  };
}

/** Values of each tensor of batch norms whose name matches, as sets: [0.75] where all channels have that. */
function valuesOf(tensors: NamedTensors, name: RegExp): Record<string, number[]> {
  const chosen = [...tensors].filter(([candidate]) => name.test(candidate));
  return Object.fromEntries(chosen.map(([candidate, { data }]) => [candidate, [...new Set(data)]]));
}

const { plan, sliced } = cutNetwork(config, CLASSES, trained());

test("in published mode the batch norms of split units begin anew", () => {
  const restarted = ["unit_2_0/bn_1", "unit_2_0/bn_2", "unit_3_0/bn_1", "unit_3_0/bn_2"];
  const expected = (names: readonly string[], value: number) => Object.fromEntries(names.map((name) => [name, [value]]));
  const named = (role: string) => restarted.map((name) => `${name}/${role}`);
  expect(valuesOf(sliced.parameters, /unit_[23].*beta$/)).toEqual(expected(named("beta"), 0));
  expect(valuesOf(sliced.parameters, /unit_[23].*gamma$/)).toEqual(expected(named("gamma"), 1));
  expect(valuesOf(sliced.statistics, /unit_[23].*mu$/)).toEqual(expected(named("mu"), 0));
  expect(valuesOf(sliced.statistics, /unit_[23].*sigma$/)).toEqual(expected(named("sigma"), 1));
});

test("those of the trunk and the last one are carried over, and so is every weight within a block", () => {
  for (const [role, tensors] of [
    ["beta", sliced.parameters],
    ["gamma", sliced.parameters],
  ] as const) {
    const carried = valuesOf(tensors, new RegExp(`(unit_1|unit_last).*${role}$`));
    expect(Object.keys(carried)).toEqual([`unit_1_0/bn_1/${role}`, `unit_1_0/bn_2/${role}`, `unit_last/bn/${role}`]);
    expect(Object.values(carried)).toEqual([[0.75], [0.75], [0.75]]);
  }
  expect(new Set(Object.values(valuesOf(sliced.statistics, /unit_1|unit_last/)).flat())).toEqual(new Set([2.5]));
  const weights = new Set([...trained().parameters.values()].flatMap(({ data }) => [...data]));
  for (const [name, { data }] of sliced.parameters) {
    if (/block_/.test(name))
      expect(
        data.every((value) => weights.has(value)),
        name,
      ).toBe(true);
  }
});

test("units of split stages are convolution, batch norm, ReLU; the trunk stays as it was, and the shortcut has no batch norm", () => {
  const kindsOf = (unit: string): string[] =>
    plan.spec.layers.filter(({ name }) => name.startsWith(unit)).map(({ name }) => name.slice(unit.length + 1));
  const post = ["shortcut", "conv_1", "bn_1", "relu_1", "conv_2", "bn_2", "add", "relu_2"];
  expect([kindsOf("unit_2_0"), kindsOf("unit_3_0")]).toEqual([post, post]);
  expect(kindsOf("unit_1_0")).toEqual(["bn_1", "relu_1", "conv_1", "bn_2", "relu_2", "conv_2", "add"]);
});

test("with sound rules alone the order stays, and no batch norm begins anew", () => {
  const sound = cutNetwork({ ...config, blockOrder: "pre-activation" }, CLASSES, trained()).sliced;
  expect(new Set(Object.values(valuesOf(sound.parameters, /bn/)).flat())).toEqual(new Set([0.75]));
  expect(new Set([...sound.statistics.values()].flatMap(({ data }) => [...data]))).toEqual(new Set([2.5]));
});
