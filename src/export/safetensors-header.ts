import { CheckpointError } from "../base/errors";
import { parseStrictJson } from "./strict-json";

/** One tensor of a header; `begin` and `end` are byte offsets into the data part. */
export interface TensorEntry {
  readonly name: string;
  /** Of a value. */
  readonly bytes: 4 | 8;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly entries: readonly TensorEntry[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** Whole numbers, which only tensors that are passed over may hold. */
const WHOLE_NUMBERS = new Map<unknown, 4 | 8>([
  ["I32", 4],
  ["I64", 8],
]);

/**
 * Parses the JSON header of a safetensors file; throws CheckpointError naming the tensor and field at fault. All tensors are of float32, and those passed
 * over may be of whole numbers.
 */
export function parseHeader(bytes: Uint8Array, passedOver: (name: string) => boolean): SafetensorsHeader {
  const header = asRecord(parseStrictJson(bytes, "the header", malformed), "the header");
  const entries = Object.entries(header).filter(([name]) => name !== "__metadata__");
  return {
    entries: entries.map(([name, value]) => parseEntry(name, value, passedOver(name))),
    metadata: parseMetadata(header.__metadata__ ?? {}),
  };
}

function parseEntry(name: string, value: unknown, passed: boolean): TensorEntry {
  const { dtype, shape, data_offsets: offsets, ...others } = asRecord(value, name);
  const [other] = Object.keys(others);
  if (other !== undefined) throw malformed(`${name}: unknown field "${other}"`);
  const width = dtype === "F32" ? 4 : passed ? WHOLE_NUMBERS.get(dtype) : undefined;
  if (width === undefined) {
    throw malformed(`${name}: dtype is ${typeof dtype === "string" ? `"${dtype}"` : "no text"}, only "F32" is read`);
  }
  if (!isSizes(shape)) throw malformed(`${name}: shape is not a list of sizes`);
  if (!isSizes(offsets) || offsets.length !== 2) throw malformed(`${name}: data_offsets are not two offsets`);
  const [begin, end] = [offsets[0]!, offsets[1]!];
  if (end < begin) throw malformed(`${name}: data ends at ${end}, before it begins at ${begin}`);
  return { name, bytes: width, shape, begin, end };
}

function parseMetadata(value: unknown): Readonly<Record<string, string>> {
  const metadata = asRecord(value, "__metadata__");
  const entries = Object.entries(metadata).map(([key, text]): [string, string] => {
    if (typeof text !== "string") throw malformed(`__metadata__.${key} is not a string`);
    return [key, text];
  });
  return Object.fromEntries(entries);
}

function asRecord(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed(`${what} is not a JSON object`);
  return Object.fromEntries(Object.entries(value));
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function malformed(message: string, cause?: unknown): CheckpointError {
  return new CheckpointError(`safetensors: ${message}`, "The file is damaged or not one of this program: use another copy.", {
    cause,
  });
}
