import type { HostTensor } from "../base/tensor";
import { bytes, type Encoded, float, integer, integers, message, nested, text, toBytes } from "./protobuf";

/** Versions written: readers from ONNX Runtime 1.13 (2022) on accept both. */
const IR_VERSION = 8;
const OPERATOR_SET = 17;

// Enumerations of onnx.proto: element types of tensors, types of attributes.
export const FLOAT = 1;
const INT8 = 3;
const INT64 = 7;
const FLOAT16 = 10;
const ATTRIBUTE_FLOAT = 1;
const ATTRIBUTE_INT = 2;
const ATTRIBUTE_INTS = 7;

// Field numbers that are read as well.
export const GRAPH_FIELD = 7;
export const INITIALIZER_FIELD = 5;
export const TENSOR_FIELDS = { dims: 1, type: 2, name: 8, raw: 9 } as const;

/** A float, an integer or a list of integers. */
export type Attribute = { readonly float: number } | number | readonly number[];

/** A graph input or output; a string is a named dynamic extent. */
export interface Port {
  readonly name: string;
  readonly shape: readonly (number | string)[];
}

export interface ModelFields {
  readonly name: string;
  readonly producer: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** Collects nodes in execution order and constant tensors; field numbers are those of onnx.proto (onnx 1.12). */
export class OnnxGraph {
  readonly #nodes: Encoded[] = [];
  readonly #initializers: Encoded[] = [];

  /** Adds a node with one output. */
  node(type: string, name: string, inputs: readonly string[], output: string, attributes: Record<string, Attribute> = {}): void {
    this.nodeOfMany(type, name, inputs, [output], attributes);
  }

  nodeOfMany(
    type: string,
    name: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Record<string, Attribute>,
  ): void {
    const fields = [
      ...inputs.map((input) => text(1, input)),
      ...outputs.map((output) => text(2, output)),
      text(3, name),
      text(4, type),
      ...Object.entries(attributes).map(([key, value]) => nested(5, attribute(key, value))),
    ];
    this.#nodes.push(nested(1, message(fields)));
  }

  /** Adds a float32 constant. */
  floats(name: string, { shape, data }: HostTensor): void {
    this.#constant(name, FLOAT, shape, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }

  /** Adds a float16 constant, given as bits. */
  halves(name: string, shape: readonly number[], data: Uint16Array): void {
    this.#constant(name, FLOAT16, shape, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }

  /** Adds an int8 constant. */
  bytes(name: string, shape: readonly number[], data: Int8Array): void {
    this.#constant(name, INT8, shape, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }

  /** Adds a vector of int64. */
  integers(name: string, values: readonly number[]): void {
    const data = BigInt64Array.from(values, BigInt);
    this.#constant(name, INT64, [values.length], new Uint8Array(data.buffer));
  }

  /** The whole file. */
  model({ name, producer, inputs, outputs, metadata }: ModelFields): Uint8Array<ArrayBuffer> {
    const graph = message([
      ...this.#nodes,
      text(2, name),
      ...this.#initializers,
      ...inputs.map((port) => nested(11, valueInfo(port))),
      ...outputs.map((port) => nested(12, valueInfo(port))),
    ]);
    const file = message([
      integer(1, IR_VERSION),
      text(2, producer),
      nested(GRAPH_FIELD, graph),
      nested(8, message([text(1, ""), integer(2, OPERATOR_SET)])),
      ...Object.entries(metadata).map(([key, value]) => nested(14, message([text(1, key), text(2, value)]))),
    ]);
    return toBytes(file);
  }

  #constant(name: string, type: number, shape: readonly number[], data: Uint8Array): void {
    const { dims, type: typeField, name: nameField, raw } = TENSOR_FIELDS;
    const fields = [integers(dims, shape), integer(typeField, type), text(nameField, name), bytes(raw, data)];
    this.#initializers.push(nested(INITIALIZER_FIELD, message(fields)));
  }
}

function attribute(name: string, value: Attribute): Encoded {
  if (typeof value === "number") return message([text(1, name), integer(3, value), integer(20, ATTRIBUTE_INT)]);
  if ("float" in value) return message([text(1, name), float(2, value.float), integer(20, ATTRIBUTE_FLOAT)]);
  return message([text(1, name), integers(8, value), integer(20, ATTRIBUTE_INTS)]);
}

function valueInfo({ name, shape }: Port): Encoded {
  const extents = shape.map((extent) => nested(1, typeof extent === "string" ? text(2, extent) : integer(1, extent)));
  const tensor = message([integer(1, FLOAT), nested(2, message(extents))]);
  return message([text(1, name), nested(2, nested(1, tensor))]);
}
