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
  let end = 0;
  const entries = [...tensors].map(([name, { shape, data }]) => {
    const start = end;
    end += data.byteLength;
    return [name, { dtype: "F32", shape, data_offsets: [start, end] }];
  });
  // From entries, since a tensor may have a name that an assignment takes for something else ("__proto__").
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries([["__metadata__", notes], ...entries])));
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
  if (!isTexts(notes)) throw new MessageError("message: its metadata are not texts by name");
  const places = Object.entries(entries).map(([name, entry]) => place(name, entry));
  checkCover(places, values.length);
  return {
    // Copies, since the values in a message need not lie at a multiple of four; a Buffer's slice would be none.
    tensors: new Map(
      places.map(({ name, shape, start, end }) => {
        return [name, { shape, data: new Float32Array(new Uint8Array(values.subarray(start, end)).buffer) }];
      }),
    ),
    notes,
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
 * Where a tensor's values are, as the header has it.
 * @param {string} name
 * @param {unknown} entry
 */
function place(name, entry) {
  const { dtype, shape, data_offsets: offsets } = isRecord(entry) ? entry : {};
  if (dtype !== "F32") throw new MessageError(`${name}: its type is not F32`);
  if (!isNaturals(shape) || !isNaturals(offsets) || offsets.length !== 2) {
    throw new MessageError(`${name}: shape or offsets are not lists of whole numbers`);
  }
  const [start = 0, end = 0] = offsets;
  if (end - start !== sizeOf(shape) * Float32Array.BYTES_PER_ELEMENT) {
    throw new MessageError(`${name}: bytes ${start} to ${end} do not hold [${shape.join(", ")}]`);
  }
  return { name, shape, start, end };
}

/**
 * Throws unless the tensors lie one after the other over all bytes: a thousand that share the same bytes would be a thousand copies.
 * @param {readonly { readonly name: string, readonly start: number, readonly end: number }[]} places
 * @param {number} bytes
 */
function checkCover(places, bytes) {
  let at = 0;
  for (const { name, start, end } of places.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    if (start !== at) throw new MessageError(`${name}: begins at byte ${start}, expected ${at}`);
    at = end;
  }
  if (at !== bytes) throw new MessageError(`message: tensors of ${at} bytes in ${bytes}`);
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
 * @returns {value is Record<string, string>}
 */
function isTexts(value) {
  return isRecord(value) && Object.values(value).every((text) => typeof text === "string");
}

/**
 * @param {unknown} value
 * @returns {value is number[]}
 */
function isNaturals(value) {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}
