// A message is a safetensors file (https://github.com/huggingface/safetensors#format): a little-endian 64-bit length, a JSON header of names,
// types, shapes and offsets, and the values. So any language that reads the format can ask a worker.
import { MessageError } from "./errors.mjs";

/**
 * Row-major float32.
 * @typedef {{ readonly shape: readonly number[], readonly data: Float32Array }} Tensor
 * @typedef {ReadonlyMap<string, Tensor>} Tensors
 * @typedef {{ readonly tensors: Tensors, readonly notes: Readonly<Record<string, string>> }} Message
 */

const LENGTH_BYTES = 8;
/** No header of ours comes near: a length beyond is noise. */
const MOST_HEADER_BYTES = 1_000_000;

/** @param {readonly number[]} shape */
export const sizeOf = (shape) => shape.reduce((product, extent) => product * extent, 1);

/**
 * @param {Tensors} tensors
 * @param {Readonly<Record<string, string>>} notes what else there is to say, as the format's metadata
 * @returns {Uint8Array}
 */
export function encode(tensors, notes) {
  /** @type {Record<string, unknown>} */
  const header = { __metadata__: notes };
  let end = 0;
  for (const [name, { shape, data }] of tensors) {
    header[name] = { dtype: "F32", shape, data_offsets: [end, end + data.byteLength] };
    end += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const valuesAt = LENGTH_BYTES + Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(valuesAt + end).fill(0x20, LENGTH_BYTES, valuesAt);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(valuesAt - LENGTH_BYTES), true);
  bytes.set(text, LENGTH_BYTES);
  let at = valuesAt;
  for (const { data } of tensors.values()) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * Throws MessageError for anything that is not such a file of float32 tensors.
 * @param {Uint8Array} bytes
 * @returns {Message}
 */
export function decode(bytes) {
  const { header, values } = split(bytes);
  const { __metadata__: notes = {}, ...entries } = header;
  if (!isRecord(notes)) throw new MessageError("message: its metadata are not an object");
  return {
    tensors: new Map(Object.entries(entries).map(([name, entry]) => [name, tensor(name, entry, values)])),
    notes: Object.fromEntries(Object.entries(notes).map(([key, value]) => [key, String(value)])),
  };
}

/** @param {Uint8Array} bytes */
function split(bytes) {
  if (bytes.length < LENGTH_BYTES) throw new MessageError(`message: ${bytes.length} bytes are too few`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > MOST_HEADER_BYTES || Number(length) > bytes.length - LENGTH_BYTES) {
    throw new MessageError(`message: a header of ${length} bytes in ${bytes.length}`);
  }
  const valuesAt = LENGTH_BYTES + Number(length);
  const header = parsed(new TextDecoder().decode(bytes.subarray(LENGTH_BYTES, valuesAt)));
  return { header, values: bytes.subarray(valuesAt) };
}

/** @param {string} text */
function parsed(text) {
  try {
    /** @type {unknown} */
    const header = JSON.parse(text);
    if (isRecord(header)) return header;
  } catch {
    // Told below.
  }
  throw new MessageError("message: its header is not a JSON object");
}

/**
 * @param {string} name
 * @param {unknown} entry
 * @param {Uint8Array} values
 * @returns {Tensor}
 */
function tensor(name, entry, values) {
  const { dtype, shape, data_offsets: offsets } = isRecord(entry) ? entry : {};
  if (dtype !== "F32") throw new MessageError(`${name}: type ${String(dtype)}, expected F32`);
  if (!isNaturals(shape) || !isNaturals(offsets) || offsets.length !== 2) {
    throw new MessageError(`${name}: shape or offsets are not lists of whole numbers`);
  }
  const [start = 0, end = 0] = offsets;
  if (end > values.length || end - start !== sizeOf(shape) * Float32Array.BYTES_PER_ELEMENT) {
    throw new MessageError(`${name}: bytes ${start} to ${end} of ${values.length} do not hold [${shape.join(", ")}]`);
  }
  // A copy, since the values in a message need not lie at a multiple of four; a Buffer's slice would be none.
  return { shape, data: new Float32Array(new Uint8Array(values.subarray(start, end)).buffer) };
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * @param {unknown} value
 * @returns {value is number[]}
 */
function isNaturals(value) {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}
