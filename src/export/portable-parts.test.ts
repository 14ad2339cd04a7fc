import { describe, expect, test } from "vitest";
import { CheckpointError } from "../base/errors";
import type { HostTensor, NamedTensors } from "../base/tensor";
import { splitTree } from "../splitnet/savings";
import { portableTensors } from "./portable";
import { readPortableParts } from "./portable-parts";
import { encodeSafetensors } from "./safetensors";
import { exampleNetwork } from "./testing";

const { dense, plan, network } = exampleNetwork({ grouping: "2-4-4", blockOrder: "pre-activation", sizes: "uneven", classes: 9 });
const tree = splitTree(dense, plan);
const exported = portableTensors(network);
const read = (tensors: NamedTensors) => readPortableParts(encodeSafetensors(tensors, {}), plan, tree, network);

const doubled = ({ shape, data }: HostTensor): HostTensor => ({ shape, data: data.map((value) => 2 * value) });
const run = ({ data }: HostTensor, start: number, count: number): HostTensor => ({
  shape: [count],
  data: data.slice(start, start + count),
});
const outputs = (name: string): number => exported.get(name)!.shape[0]!;

/**
 * Tensors of one part as splitnet.py names and cuts them: block `group` of the layers of `units`, and of batch norms the channels that the
 * blocks of `sources` before and in the group give.
 */
function partOf(group: number, layers: RegExp, norms: Readonly<Record<string, string>>): Map<string, HostTensor> {
  const own = new Map<string, HostTensor>();
  for (const [name, tensor] of exported) {
    const norm = Object.entries(norms).find(([prefix]) => name.startsWith(prefix));
    if (norm !== undefined) {
      const sizes = [0, 1, 2, 3].slice(0, group + 1).map((block) => outputs(`${norm[1]}.block_${block}.weight`));
      const before = sizes.slice(0, -1).reduce((sum, size) => sum + size, 0);
      own.set(name, run(tensor, before, sizes.at(-1)!));
    } else if (layers.test(name) && name.includes(`.block_${group}.`)) own.set(name, tensor);
  }
  return own;
}

const branch1 = partOf(0, /^unit_2_0/, { "unit_2_0.bn_2": "unit_2_0.conv_1", "unit_3_0.bn_1": "unit_2_0.conv_2" });
const branch12 = partOf(1, /^(unit_3_0|logits)/, { "unit_3_0.bn_2": "unit_3_0.conv_1", unit_last: "unit_3_0.conv_2" });
const trunk = new Map([...exported].filter(([name]) => /^(init_conv|unit_1_0|unit_2_0.bn_1)/.test(name)));
const changed = (tensors: NamedTensors) => new Map([...tensors].map(([name, tensor]) => [name, doubled(tensor)]));

/** Exported tensors with those of a part, put back into their channels of batch norms, which begin at `starts`. */
function expectMerged(merged: NamedTensors, part: NamedTensors, starts: Readonly<Record<string, number>>): void {
  for (const [name, { data }] of exported) {
    const expected = data.slice();
    const prefix = Object.keys(starts).find((candidate) => name.startsWith(candidate));
    const own = part.get(name);
    if (own !== undefined) expected.set(own.data, prefix === undefined ? 0 : starts[prefix]);
    expect([name, merged.get(name)!.data]).toEqual([name, expected]);
  }
}

test("the whole file gives the whole network", () => {
  const { tensors, parts } = read(changed(exported));
  expect(parts).toBeNull();
  expect(portableTensors({ spec: plan.spec, ...tensors })).toEqual(changed(exported));
});

test("a leaf trained elsewhere replaces that leaf and leaves every other value, and the run's own tensors, as they were", () => {
  const before = structuredClone(exported);
  const { tensors, parts } = read(changed(branch12));
  expect(parts).toEqual(["branch 1.2"]);
  const starts = {
    "unit_3_0.bn_2": outputs("unit_3_0.conv_1.block_0.weight"),
    unit_last: outputs("unit_3_0.conv_2.block_0.weight"),
  };
  expectMerged(portableTensors({ spec: plan.spec, ...tensors }), changed(branch12), starts);
  expect(portableTensors(network)).toEqual(before);
});

test("with what stands above it as it was, as splitnet.py saves a leaf, it is read as well", () => {
  const { parts } = read(new Map([...trunk, ...branch1, ...changed(branch12)]));
  expect(parts).toEqual(["trunk", "branch 1", "branch 1.2"]);
});

describe("refused by name:", () => {
  const whole = new Map([...trunk, ...branch1, ...branch12]);
  test.each<readonly [string, NamedTensors, RegExp]>([
    [
      "a trunk that other branches were not trained with",
      new Map([...whole, ...changed(trunk)]),
      /trunk is another .* branch 1\.1, which/,
    ],
    [
      "a branch that a leaf was not trained with",
      new Map([...whole, ...changed(branch1)]),
      /branch 1 is another .* branch 1\.1, which/,
    ],
    [
      "a part of a part",
      new Map([...branch12].filter(([name]) => name !== "logits.fc.block_1.bias")),
      /logits\.fc\.block_1\.bias: missing/,
    ],
    [
      "batch norms of all branches with the weights of one",
      new Map([...exported].filter(([name]) => !/block_[023]/.test(name))),
      /shape \[\d+\]/,
    ],
    [
      "batch norms without weights",
      new Map([["unit_last.bn.weight", exported.get("unit_last.bn.weight")!]]),
      /no tensor of this network/,
    ],
    ["another network", new Map([["fc.weight", exported.get("unit_last.bn.weight")!]]), /fc\.weight: no tensor of this network/],
    ["a key of every object", new Map([["__proto__", exported.get("unit_last.bn.weight")!]]), /no tensor|holds no tensor/],
    ["nothing", new Map(), /holds no tensor/],
  ])("%s", (_, tensors, reason) => {
    expect(() => read(tensors)).toThrow(CheckpointError);
    expect(() => read(tensors)).toThrow(reason);
  });
});
