import { expect, test } from "vitest";
import { concatBytes } from "../base/bytes";
import { CheckpointError, ShapeError } from "../base/errors";
import type { HostTensor, NamedTensors } from "../base/tensor";
import { decodeSafetensors, encodeSafetensors } from "./safetensors";

const floats = (...values: number[]): Float32Array => Float32Array.from(values);

const TENSORS: NamedTensors = new Map<string, HostTensor>([
  ["unit_2_0/conv_1/block_0/kernel", { shape: [1, 1, 2, 3], data: floats(1.5, -2, 3e-38, 4e38, 0.1, -0) }],
  ["scalar", { shape: [], data: floats(7) }],
  ["7", { shape: [2], data: floats(Number.POSITIVE_INFINITY, 1e-45) }],
  ["empty", { shape: [0, 4], data: floats() }],
  ['quote " and é and __proto__', { shape: [1], data: floats(11) }],
  ["__proto__", { shape: [3], data: floats(13, 17, 19) }],
]);

test("decoding gives back names, order, shapes, bits and metadata", () => {
  const metadata = { format: "pt", note: 'quotes " and\nlines' };
  const decoded = decodeSafetensors(encodeSafetensors(TENSORS, metadata));
  expect(decoded.metadata).toEqual(metadata);
  expect([...decoded.tensors.keys()]).toEqual([...TENSORS.keys()]);
  for (const [name, { shape, data }] of TENSORS) {
    const tensor = decoded.tensors.get(name)!;
    expect(tensor.shape).toEqual(shape);
    expect([...tensor.data].every((value, index) => Object.is(value, data[index]))).toBe(true);
    expect(tensor.data.length).toBe(data.length);
  }
});

test("a file without tensors is a file", () => {
  expect(decodeSafetensors(encodeSafetensors(new Map(), {})).tensors.size).toBe(0);
});

test("data starts at a multiple of 8 whatever the length of the header", () => {
  for (let length = 1; length <= 17; length++) {
    const bytes = encodeSafetensors(new Map([["n".repeat(length), { shape: [1], data: floats(1) }]]), {});
    expect(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8).toBe(0);
  }
});

test("a tensor that is part of a larger buffer is written alone", () => {
  const data = floats(1, 2, 3, 5, 7).subarray(1, 3);
  const { tensors } = decodeSafetensors(encodeSafetensors(new Map([["part", { shape: [2], data }]]), {}));
  expect([...tensors.get("part")!.data]).toEqual([2, 3]);
});

test("aligned files are read without a copy, others with one, both right", () => {
  const encoded = encodeSafetensors(TENSORS, {});
  expect(decodeSafetensors(encoded).tensors.get("scalar")!.data.buffer).toBe(encoded.buffer);
  for (const shift of [1, 2, 3, 4]) {
    const shifted = new Uint8Array(encoded.length + 4).subarray(shift, shift + encoded.length);
    shifted.set(encoded);
    const { data } = decodeSafetensors(shifted).tensors.get("__proto__")!;
    expect([...data]).toEqual([13, 17, 19]);
    expect(data.buffer === shifted.buffer).toBe(shift === 4);
  }
});

test("a tensor whose shape and data disagree is not written", () => {
  expect(() => encodeSafetensors(new Map([["a", { shape: [3], data: floats(1, 2) }]]), {})).toThrow(ShapeError);
  expect(() => encodeSafetensors(new Map([["__metadata__", { shape: [1], data: floats(1) }]]), {})).toThrow(CheckpointError);
});

const entry = (shape: unknown, begin: unknown, end: unknown, dtype: unknown = "F32"): object => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

const HOSTILE: Record<string, { header: unknown; data?: number; message: RegExp }> = {
  "an overlap": { header: { a: entry([2], 0, 8), b: entry([2], 4, 12) }, data: 12, message: /b: data at 4 overlaps/ },
  "the same bytes twice": { header: { a: entry([2], 0, 8), b: entry([2], 0, 8) }, data: 8, message: /b: data at 0 overlaps/ },
  "a gap": { header: { a: entry([1], 0, 4), b: entry([1], 8, 12) }, data: 12, message: /b: data at 8 leaves a gap after 4/ },
  "a gap at the start": { header: { a: entry([1], 4, 8) }, data: 8, message: /a: data at 4 leaves a gap/ },
  "bytes after the data": { header: { a: entry([1], 0, 4) }, data: 7, message: /3 bytes after the last tensor, at offset/ },
  "truncated data": { header: { a: entry([2], 0, 8) }, data: 5, message: /a: data ends at 8, but the file holds 5/ },
  "a shape larger than its data": { header: { a: entry([3], 0, 8) }, data: 8, message: /a: shape \[3\] needs 12 bytes/ },
  "a shape beyond all bounds": { header: { a: entry([2 ** 52, 2 ** 52], 0, 8) }, data: 8, message: /a: shape .* needs/ },
  "ends before begins": { header: { a: entry([1], 4, 0) }, data: 4, message: /a: data ends at 0, before/ },
  "a negative offset": { header: { a: entry([1], -4, 0) }, data: 4, message: /a: data_offsets/ },
  "a fractional offset": { header: { a: entry([1], 0.5, 4.5) }, data: 4, message: /a: data_offsets/ },
  "a single offset": { header: { a: { dtype: "F32", shape: [1], data_offsets: [0] } }, data: 4, message: /a: data_offsets/ },
  "a negative size": { header: { a: entry([-1], 0, 4) }, data: 4, message: /a: shape/ },
  "a shape that is text": { header: { a: entry("1", 0, 4) }, data: 4, message: /a: shape/ },
  "another type of number": { header: { a: entry([2], 0, 4, "F16") }, data: 4, message: /a: dtype is "F16"/ },
  "an unknown field": { header: { a: { ...entry([1], 0, 4), strides: [1] } }, data: 4, message: /a: unknown field "strides"/ },
  "an entry that is null": { header: { a: null }, message: /a is not a JSON object/ },
  "metadata that is not text": { header: { __metadata__: { steps: 3 } }, message: /__metadata__.steps is not a string/ },
  "metadata that is a list": { header: { __metadata__: ["pt"] }, message: /__metadata__ is not a JSON object/ },
  "a header that is a list": { header: [], message: /the header is not a JSON object/ },
};

test.each(Object.keys(HOSTILE))("%s is refused and named", (name) => {
  const { header, data = 0, message } = HOSTILE[name]!;
  expectRefused(file(JSON.stringify(header), data), message);
});

test("a name given twice is refused, also when escaped differently", () => {
  const one = '{"dtype":"F32","shape":[1],"data_offsets":[0,4]}';
  expectRefused(file(`{"a/b":${one}, "a\\/b" : ${one}}`, 4), /a\/b: named twice/);
  expectRefused(file(`{"a":{"dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4]}}`, 4), /shape: named twice/);
});

test("a header that is not JSON, not UTF-8 or marked with a byte order mark is refused", () => {
  expectRefused(file("{", 0), /not JSON/);
  expectRefused(file("", 0), /not JSON/);
  expectRefused(file("\ufeff{}", 0), /not JSON/);
  const broken = file('{"aa":1}', 0);
  broken[10] = 0xff;
  expectRefused(broken, /not UTF-8/);
});

test("header lengths beyond the file or all reason are refused at offset 0", () => {
  expectRefused(new Uint8Array(7), /the file has 7 bytes/);
  expectRefused(file("{}", 0).subarray(0, 9), /offset 0: a header of 2 bytes in a file of 9/);
  expectRefused(new Uint8Array(16).fill(0xff), /offset 0: a header of 18446744073709551615 bytes/);
});

test("every truncation of a file is refused", () => {
  const bytes = encodeSafetensors(TENSORS, { format: "pt" });
  for (let length = 0; length < bytes.length; length += 3) {
    expect(() => decodeSafetensors(bytes.subarray(0, length)), `${length} bytes`).toThrow(CheckpointError);
  }
});

function file(header: string, dataBytes: number): Uint8Array {
  const text = new TextEncoder().encode(header);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(text.length), true);
  return concatBytes([length, text, new Uint8Array(dataBytes)]);
}

function expectRefused(bytes: Uint8Array, message: RegExp): void {
  expect(() => decodeSafetensors(bytes)).toThrow(CheckpointError);
  expect(() => decodeSafetensors(bytes)).toThrow(message);
}

test("tensors passed over may be of whole numbers of 32 or 64 bits, have to be in their places, and are left out", () => {
  const header = (end: number): Uint8Array =>
    new TextEncoder().encode(
      `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"n":{"dtype":"I64","shape":[],"data_offsets":[4,${end}]}}`.padEnd(
        112,
      ),
    );
  const file = (end: number): Uint8Array => {
    const length = new Uint8Array(8);
    new DataView(length.buffer).setBigUint64(0, BigInt(header(end).length), true);
    return Uint8Array.from([
      ...length,
      ...header(end),
      ...new Uint8Array(new Float32Array([1.5]).buffer),
      ...new Uint8Array(end - 4),
    ]);
  };
  const read = (end: number) => decodeSafetensors(file(end), (name) => name === "n");
  expect(read(12).tensors).toEqual(new Map([["a", { shape: [1], data: Float32Array.of(1.5) }]]));
  expect(() => read(8)).toThrow("n: shape [] needs 8 bytes, the header gives 4");
  expect(() => decodeSafetensors(file(12))).toThrow('n: dtype is "I64", only "F32" is read');
});

test("a file whose data is not aligned reads the same out of a Buffer of Node", () => {
  const file = encodeSafetensors(new Map([["a", { shape: [3], data: Float32Array.of(1.5, -2, 3) }]]), {});
  for (const shift of [1, 2, 3]) {
    const shifted = Buffer.concat([Buffer.alloc(shift), file]).subarray(shift);
    expect(decodeSafetensors(shifted).tensors.get("a")?.data).toEqual(Float32Array.of(1.5, -2, 3));
  }
});
