import { CheckpointError } from "../base/errors";

/** One field of a protocol buffer message, as far as this program looks into it. */
export type Field =
  /** Whole numbers above 2^53 lose their last digits, which no length and no size here may. */
  | { readonly number: number; readonly kind: "integer"; readonly value: number }
  | { readonly number: number; readonly kind: "bytes"; readonly value: Uint8Array }
  | { readonly number: number; readonly kind: "fixed" };

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;
/** A varint of 64 bits. */
const LONGEST_VARINT = 10;

/** The fields of a message one after the other, not looking into nested ones. Throws CheckpointError where it is cut off or no message. */
export function* fieldsOf(message: Uint8Array): Generator<Field, void, void> {
  const cursor = { at: 0 };
  while (cursor.at < message.length) {
    const key = readVarint(message, cursor);
    const number = Math.floor(key / 8);
    if (number < 1 || number >= 2 ** 29) throw damaged(`field ${number} at byte ${cursor.at}`);
    switch (key % 8) {
      case VARINT:
        yield { number, kind: "integer", value: readVarint(message, cursor) };
        break;
      case LENGTH_DELIMITED:
        yield { number, kind: "bytes", value: take(message, cursor, readVarint(message, cursor)) };
        break;
      case FIXED64:
      case FIXED32:
        take(message, cursor, key % 8 === FIXED64 ? 8 : 4);
        yield { number, kind: "fixed" };
        break;
      default:
        throw damaged(`a field of type ${key % 8} at byte ${cursor.at}`);
    }
  }
}

interface Cursor {
  at: number;
}

function readVarint(message: Uint8Array, cursor: Cursor): number {
  let value = 0;
  for (let index = 0; index < LONGEST_VARINT; index++) {
    const byte = message[cursor.at];
    if (byte === undefined) throw damaged("it is cut off");
    cursor.at++;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return value;
  }
  throw damaged(`a number of more than 64 bits at byte ${cursor.at}`);
}

function take(message: Uint8Array, cursor: Cursor, length: number): Uint8Array {
  const left = message.length - cursor.at;
  if (length > left) throw damaged(`a field of ${length} bytes where ${left} are left`);
  const start = cursor.at;
  cursor.at += length;
  return message.subarray(start, start + length);
}

function damaged(message: string): CheckpointError {
  return new CheckpointError(`protocol buffer: ${message}`, "The file is damaged or not an ONNX model: use another copy of it.");
}
