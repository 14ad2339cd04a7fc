import { expect, test } from "vitest";
import { CheckpointError } from "../base/errors";
import { filled, type HostTensor, type NamedTensors } from "../base/tensor";
import { type ExportNetwork, portableTensors } from "./portable";
import { readPortable } from "./portable-import";
import { encodeSafetensors } from "./safetensors";
import { type ExampleOptions, exampleNetwork } from "./testing";

const CASES: Record<string, ExampleOptions> = {
  "an even 2-2-2": { grouping: "2-2-2", blockOrder: "pre-activation", sizes: "even", classes: 6 },
  "an uneven 2-4-4": { grouping: "2-4-4", blockOrder: "pre-activation", sizes: "uneven", classes: 9 },
  "a post-activation 2-3-5": { grouping: "2-3-5", blockOrder: "post-activation", sizes: "uneven", classes: 11 },
  "an unsplit network": { grouping: "1-1-1", blockOrder: "pre-activation", sizes: "even", classes: 5 },
};
const { network } = exampleNetwork(CASES["an uneven 2-4-4"]!);
const exported = portableTensors(network);

const fileOf = (tensors: NamedTensors, { classOrder }: Pick<ExportNetwork, "classOrder"> = network) =>
  encodeSafetensors(tensors, { class_order: JSON.stringify(classOrder) });

test.each(Object.keys(CASES))(
  "export, import and export again of %s gives the same bytes, and our tensors to the bit",
  (name) => {
    const { network } = exampleNetwork(CASES[name]!);
    const bytes = fileOf(portableTensors(network), network);
    const read = readPortable(bytes, network);
    expect(read).toEqual({ parameters: network.parameters, statistics: network.statistics });
    expect(Buffer.compare(fileOf(portableTensors({ spec: network.spec, ...read }), network), bytes)).toBe(0);
  },
);

test("tensors in another order, and without metadata, as another program writes them, are the same network", () => {
  const read = readPortable(encodeSafetensors(new Map([...exported].toReversed()), {}), network);
  expect(read).toEqual({ parameters: network.parameters, statistics: network.statistics });
});

const kernel = "unit_3_0.conv_1.block_2.weight";
const [first, second, ...taps] = exported.get(kernel)!.shape;
const endless = (tensor: HostTensor): HostTensor => ({ ...tensor, data: tensor.data.with(5, Number.NaN) });

test.each<[string, NamedTensors, string]>([
  ["a tensor missing", without("unit_last.bn.running_var"), "unit_last.bn.running_var: missing"],
  ["a tensor of another network", having("fc.weight", filled([2], 1)), "fc.weight: no tensor of this network"],
  [
    "inputs and outputs exchanged",
    having(kernel, { ...exported.get(kernel)!, shape: [second!, first!, ...taps] }),
    `${kernel}: expected shape [${first}, ${second}, 3, 3], found [${second}, ${first}, 3, 3]`,
  ],
  ["no number", having(kernel, endless(exported.get(kernel)!)), `${kernel}: value 5 is NaN`],
])("%s is refused by name", (_, tensors, message) => {
  const read = () => readPortable(fileOf(tensors), network);
  expect(read).toThrow(CheckpointError);
  expect(read).toThrow(message);
});

test("weights of the same shapes for classes in another order are refused", () => {
  const file = fileOf(exported, { classOrder: network.classOrder.toReversed() });
  expect(() => readPortable(file, network)).toThrow("class_order: the classes are in another order");
});

test("a file cut off anywhere is refused", () => {
  const bytes = fileOf(exported);
  for (const length of [0, 7, 100, bytes.length - 1]) {
    expect(() => readPortable(bytes.subarray(0, length), network)).toThrow(CheckpointError);
  }
});

function without(name: string): NamedTensors {
  return new Map([...exported].filter(([other]) => other !== name));
}

function having(name: string, tensor: HostTensor): NamedTensors {
  return new Map([...exported, [name, tensor]]);
}
