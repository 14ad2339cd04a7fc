import { describe, expect, test } from "vitest";
import { concatBytes } from "../base/bytes";
import { CheckpointError } from "../base/errors";
import { filled } from "../base/tensor";
import { onnxModel } from "./onnx";
import { OnnxGraph } from "./onnx-graph";
import { readOnnx } from "./onnx-import";
import { bytes as bytesField, integer, message, nested, text, toBytes } from "./protobuf";
import { type ExampleOptions, exampleNetwork } from "./testing";

const CASES: Record<string, ExampleOptions> = {
  "an even 2-2-2": { grouping: "2-2-2", blockOrder: "pre-activation", sizes: "even", classes: 6 },
  "an uneven 2-4-4": { grouping: "2-4-4", blockOrder: "pre-activation", sizes: "uneven", classes: 9 },
  "a post-activation 2-3-5": { grouping: "2-3-5", blockOrder: "post-activation", sizes: "uneven", classes: 11 },
  "an unsplit network": { grouping: "1-1-1", blockOrder: "pre-activation", sizes: "even", classes: 5 },
};

/** As the bundle names it. */
const written = (name: string) => {
  const { plan, network } = exampleNetwork(CASES[name]!);
  return { plan, network, file: onnxModel({ ...network, name: plan.spec.name }) };
};

test.each(Object.keys(CASES))(
  "export, import and export again of %s gives the same bytes, and our tensors to the bit",
  (name) => {
    const { plan, network, file } = written(name);
    const read = readOnnx(file, plan);
    expect(read).toEqual({ parameters: network.parameters, statistics: network.statistics });
    expect(Buffer.compare(onnxModel({ ...network, ...read, name: plan.spec.name }), file)).toBe(0);
  },
);

describe("refused by name:", () => {
  const { plan, network, file } = written("an uneven 2-4-4");
  const other = (change: object) => onnxModel({ ...network, name: plan.spec.name, ...change });
  const graph = () => {
    const made = new OnnxGraph();
    made.floats("init_conv.weight", filled([16, 3, 3, 3], 1));
    made.floats("init_conv.weight", filled([16, 3, 3, 3], 2));
    return made.model({ name: "g", producer: "p", inputs: [], outputs: [], metadata: {} });
  };
  const tensor = (shape: readonly number[], data: Uint8Array | null) => {
    const fields = [
      ...shape.map((size) => integer(1, size)),
      integer(2, 1),
      text(8, "init_conv.weight"),
      ...(data === null ? [] : [bytesField(9, data)]),
    ];
    return toBytes(nested(7, nested(5, message(fields))));
  };
  const at = (needle: string): number => Buffer.from(file).indexOf(needle);
  const withByte = (position: number, change: number): Uint8Array => file.with(position, (file[position]! + change) % 256);

  test.each<readonly [string, Uint8Array, RegExp]>([
    [
      "classes in another order",
      other({ classOrder: network.classOrder.toReversed() }),
      /graph around the weights .* from byte \d+/,
    ],
    ["another name", other({ name: "another" }), /graph around the weights/],
    ["another operator", withByte(at("Relu") + 3, 1), /graph around the weights/],
    ["a byte more at its end", concatBytes([file, toBytes(integer(5, 0))]), /graph around the weights .* from byte \d+/],
    ["another network", written("an even 2-2-2").file, /not those of this network/],
    ["a constant twice", graph(), /init_conv\.weight: two constants of that name/],
    ["nothing", new Uint8Array(), /holds no weights/],
    ["no protocol buffer", new TextEncoder().encode("a picture of a cat"), /protocol buffer/],
    ["values elsewhere", tensor([16, 3, 3, 3], null), /not in the file as bytes/],
    ["a size of 2^62", tensor([2 ** 31, 2 ** 31], new Uint8Array(4)), /4 bytes for shape/],
    ["no number", withNaN(), /init_conv\.weight: value 0 is NaN/],
  ])("%s", (_, bytes, reason) => {
    expect(() => readOnnx(bytes, plan)).toThrow(CheckpointError);
    expect(() => readOnnx(bytes, plan)).toThrow(reason);
  });

  test("a file cut off anywhere", () => {
    for (const length of [1, 9, 1000, file.length >> 1, file.length - 1]) {
      expect(() => readOnnx(file.subarray(0, length), plan)).toThrow(CheckpointError);
    }
  });

  function withNaN(): Uint8Array {
    const kernel = network.parameters.get("init_conv/kernel")!;
    const broken = { ...kernel, data: kernel.data.with(0, Number.NaN) };
    return other({ parameters: new Map([...network.parameters, ["init_conv/kernel", broken]]) });
  }
});
