import { concatBytes } from "../base/bytes";

/** Encoded fields of a protocol buffer message: bytes in parts, so that large tensors are copied once, at the end. */
export interface Encoded {
  readonly length: number;
  readonly parts: readonly Uint8Array[];
}

/** Fields one after the other. */
export function message(fields: readonly Encoded[]): Encoded {
  return {
    length: fields.reduce((sum, field) => sum + field.length, 0),
    parts: fields.flatMap((field) => field.parts),
  };
}

/** A field of an int64, int32 or enum type. */
export function integer(field: number, value: number): Encoded {
  return encoded([...varint(field * 8), ...varint(value)]);
}

/** A repeated integer field, one entry each: how version 2 of the language writes it. */
export function integers(field: number, values: readonly number[]): Encoded {
  return message(values.map((value) => integer(field, value)));
}

/** A float field: 4 bytes, little-endian. */
export function float(field: number, value: number): Encoded {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return encoded([...varint(field * 8 + 5), ...bytes]);
}

export function text(field: number, value: string): Encoded {
  return bytes(field, new TextEncoder().encode(value));
}

export function bytes(field: number, value: Uint8Array): Encoded {
  return nested(field, { length: value.length, parts: [value] });
}

/** A length-delimited field. */
export function nested(field: number, value: Encoded): Encoded {
  return message([encoded([...varint(field * 8 + 2), ...varint(value.length)]), value]);
}

export function toBytes({ parts }: Encoded): Uint8Array<ArrayBuffer> {
  return concatBytes(parts);
}

/** Seven bits a byte, lowest first, the top bit set on all but the last; negative numbers as 64-bit two's complement. */
function varint(value: number): number[] {
  const out: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest >= 0x80n) {
    out.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return [...out, Number(rest)];
}

function encoded(values: readonly number[]): Encoded {
  return { length: values.length, parts: [Uint8Array.from(values)] };
}
