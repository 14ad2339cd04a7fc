import { concatBytes } from "../base/bytes";
import { CheckpointError } from "../base/errors";
import { type HostTensor, type NamedTensors, requireSize, sizeOf } from "../base/tensor";
import { parseHeader, type TensorEntry } from "./safetensors-header";

/** What can be written: numbers or whole numbers, row-major. */
export type StoredTensor = HostTensor | { readonly shape: readonly number[]; readonly data: Int32Array };

/** What a safetensors file of numbers holds. */
export interface SafetensorsFile {
  readonly tensors: NamedTensors;
  readonly metadata: Readonly<Record<string, string>>;
}

const LENGTH_BYTES = 8;
/** Some 150,000 tensors; a parsed header takes many times its bytes. */
const MAX_HEADER_BYTES = 1 << 24;

/**
 * Tensors in map order as a safetensors file (format of huggingface/safetensors): 8 bytes of header length, little-endian; a JSON
 * header, padded with spaces to a multiple of 8; float32 or int32 data without gaps. Every host that has WebGPU is little-endian, as the format.
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const entries: [string, unknown][] = [["__metadata__", metadata]];
  const data: Uint8Array[] = [];
  let offset = 0;
  for (const [name, { shape, data: values }] of tensors) {
    if (name === "__metadata__") throw damaged(`a tensor cannot be named ${name}`);
    requireSize(shape, values.length);
    const dtype = values instanceof Int32Array ? "I32" : "F32";
    entries.push([name, { dtype, shape, data_offsets: [offset, offset + values.byteLength] }]);
    data.push(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    offset += values.byteLength;
  }
  const header = padded(new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries))));
  const length = new Uint8Array(LENGTH_BYTES);
  new DataView(length.buffer).setBigUint64(0, BigInt(header.length), true);
  return concatBytes([length, header, ...data]);
}

/**
 * Reads a file of float32 tensors, in the order of their data. Strict: a gap, an overlap, a size that does not fit its shape or a
 * byte too many is a CheckpointError that names the tensor or the offset. Tensors are views of `bytes` where its alignment allows.
 * Those of names that are `passedOver` have to be in their places as well, may be of whole numbers, and are left out.
 */
export function decodeSafetensors(bytes: Uint8Array, passedOver: (name: string) => boolean = () => false): SafetensorsFile {
  const dataStart = headerEnd(bytes);
  const { entries, metadata } = parseHeader(bytes.subarray(LENGTH_BYTES, dataStart), passedOver);
  const ordered = [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end);
  const tensors = new Map<string, HostTensor>();
  let expected = 0;
  for (const entry of ordered) {
    checkPlace(entry, expected, bytes.length - dataStart);
    if (!passedOver(entry.name))
      tensors.set(entry.name, { shape: entry.shape, data: floatsAt(bytes, dataStart + entry.begin, sizeOf(entry.shape)) });
    expected = entry.end;
  }
  if (dataStart + expected !== bytes.length) {
    throw damaged(`${bytes.length - dataStart - expected} bytes after the last tensor, at offset ${dataStart + expected}`);
  }
  return { tensors, metadata };
}

function headerEnd(bytes: Uint8Array): number {
  if (bytes.length < LENGTH_BYTES) throw damaged(`the file has ${bytes.length} bytes, its header length alone needs 8`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) throw damaged(`offset 0: a header of ${length} bytes, more than ${MAX_HEADER_BYTES}`);
  const end = LENGTH_BYTES + Number(length);
  if (end > bytes.length) throw damaged(`offset 0: a header of ${length} bytes in a file of ${bytes.length}`);
  return end;
}

function checkPlace({ name, bytes, shape, begin, end }: TensorEntry, expected: number, dataBytes: number): void {
  if (begin < expected) throw damaged(`${name}: data at ${begin} overlaps the tensor that ends at ${expected}`);
  if (begin > expected) throw damaged(`${name}: data at ${begin} leaves a gap after ${expected}`);
  if (end > dataBytes) throw damaged(`${name}: data ends at ${end}, but the file holds ${dataBytes} bytes of data`);
  if (end - begin !== bytes * sizeOf(shape)) {
    throw damaged(`${name}: shape [${shape.join(", ")}] needs ${bytes * sizeOf(shape)} bytes, the header gives ${end - begin}`);
  }
}

function floatsAt(bytes: Uint8Array, start: number, count: number): Float32Array {
  const position = bytes.byteOffset + start;
  if (position % 4 === 0) return new Float32Array(bytes.buffer, position, count);
  // Not slice: that of a Buffer of Node is a view of all its bytes.
  return new Float32Array(Uint8Array.from(bytes.subarray(start, start + 4 * count)).buffer);
}

/** Spaces up to the next multiple of 8, so that the data starts aligned. */
function padded(json: Uint8Array): Uint8Array {
  const header = new Uint8Array(Math.ceil(json.length / 8) * 8).fill(0x20);
  header.set(json);
  return header;
}

function damaged(message: string): CheckpointError {
  return new CheckpointError(`safetensors: ${message}`, "The file is damaged or incomplete: use another copy of it.");
}
