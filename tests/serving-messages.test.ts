import { expect, test } from "vitest";
import { MessageError } from "../serving/errors.mjs";
import { checkPorts } from "../serving/parts.mjs";
import { decode, encode } from "../serving/tensors.mjs";
import { filled, hostTensor } from "../src/base/tensor";
import { decodeSafetensors, encodeSafetensors } from "../src/export/safetensors";

const TENSORS = new Map([
  ["to_branch_1", hostTensor([2, 3], Float32Array.of(1, -0, Number.NaN, 3.5, 1e-40, -Infinity))],
  ["to_branch_2", filled([2, 1, 5], 7)],
]);

test("a message is a safetensors file: the studio's own reader reads it, and it reads the studio's", () => {
  const read = decodeSafetensors(encode(TENSORS, { request: "7", part: "trunk" }));
  expect(read.tensors).toEqual(TENSORS);
  expect(read.metadata).toEqual({ request: "7", part: "trunk" });
  expect(decode(encodeSafetensors(TENSORS, { part: "trunk" }))).toEqual({ tensors: TENSORS, notes: { part: "trunk" } });
});

test("values are read wherever the message lies in memory, and do not change with it", () => {
  const bytes = encode(TENSORS, {});
  for (const at of [1, 3, 4]) {
    const buffer = Buffer.alloc(bytes.length + 8);
    buffer.set(bytes, at);
    const { tensors } = decode(buffer.subarray(at, at + bytes.length));
    buffer.fill(0xff);
    expect(tensors).toEqual(TENSORS);
  }
});

/** A message with this header and so many bytes of values. */
function message(header: string, valueBytes: number): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + valueBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const entry = (fields: object) => JSON.stringify({ x: { dtype: "F32", shape: [2], data_offsets: [0, 8], ...fields } });

test.each([
  ["a cut header", message("{}", 0).subarray(0, 9)],
  ["no JSON", message("{x", 0)],
  ["a list", message("[]", 0)],
  ["null", message("null", 0)],
  ["metadata that are a list", message('{"__metadata__":[]}', 0)],
  ["metadata that are no text", message('{"__metadata__":{"request":{"toString":1}}}', 0)],
  ["an entry that is no object", message('{"x":1}', 0)],
  ["another type", message(entry({ dtype: "F16" }), 8)],
  ["a type that has no text", message('{"x":{"dtype":{"toString":1,"valueOf":1}}}', 0)],
  ["no shape", message(entry({ shape: null }), 8)],
  ["a negative extent", message(entry({ shape: [-2] }), 8)],
  ["a broken extent", message(entry({ shape: [0.5, 4] }), 8)],
  ["an extent too large", message(entry({ shape: [2 ** 60] }), 8)],
  ["too few values", message(entry({}), 4)],
  ["offsets that go back", message(entry({ data_offsets: [8, 0] }), 8)],
  ["three offsets", message(entry({ data_offsets: [0, 4, 8] }), 8)],
  [
    "two tensors in the same bytes",
    message('{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"y":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4),
  ],
  ["bytes of no tensor", message(entry({}), 12)],
  ["bytes before its tensor", message(entry({ data_offsets: [4, 12] }), 12)],
  ["another size than the shape's", message(entry({ data_offsets: [0, 4] }), 8)],
])("a message with %s is refused", (_, bytes) => {
  expect(() => decode(bytes)).toThrow(MessageError);
});

test("an error quotes no more of a message than a person reads", () => {
  const name = "x".repeat(100_000);
  expect(() => decode(message(entry({ data_offsets: [0, 4] }).replace("x", name), 4))).toThrow(/^x{400,500}…$/);
});

test("a message cut at any byte is refused or holds what it held", () => {
  const bytes = encode(TENSORS, { part: "trunk" });
  for (let length = 0; length < bytes.length; length++) {
    expect(() => decode(bytes.subarray(0, length)), `${length} bytes`).toThrow(MessageError);
  }
});

test("tensors are those of the ports by name, order, shape and number of images", () => {
  const ports = [
    { name: "to_branch_1", shape: [3] },
    { name: "to_branch_2", shape: [1, 5] },
  ];
  expect(checkPorts(TENSORS, ports, "trunk")).toBe(2);
  const changed = (name: string, shape: number[]) => new Map([...TENSORS, [name, filled(shape, 0)]]);
  const wrong = [
    new Map(),
    changed("to_branch_3", [2, 1]),
    changed("to_branch_2", [3, 1, 5]),
    changed("to_branch_2", [2, 5]),
    changed("to_branch_1", [0, 3]),
    new Map([...TENSORS].reverse()),
  ];
  for (const tensors of wrong) expect(() => checkPorts(tensors, ports, "trunk")).toThrow(/^trunk: expected to_branch_1 \[/);
});
