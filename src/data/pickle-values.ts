/**
 * What a pickle may hold here: a closed set of plain values. Byte strings stay bytes and text stays UTF-8 bytes, because decoding
 * pixels as text changes them (TextDecoder's "ascii" and "latin1" are windows-1252).
 */
export type PickleValue =
  | null
  | boolean
  | number
  | PickleBytes
  | PickleText
  | PickleTuple
  | PickleList
  | PickleDict
  | PickleGlobal
  | PickleDtype
  | PickleArray;

export interface PickleBytes {
  readonly kind: "bytes";
  /** A view of the pickle wherever that is possible. */
  readonly bytes: Uint8Array;
}

export interface PickleText {
  readonly kind: "text";
  readonly utf8: Uint8Array;
}

export interface PickleTuple {
  readonly kind: "tuple";
  readonly items: readonly PickleValue[];
}

export interface PickleList {
  readonly kind: "list";
  /** Where in the pickle the list begins. */
  readonly offset: number;
  readonly items: PickleValue[];
}

export interface PickleDict {
  readonly kind: "dict";
  readonly entries: Map<string, PickleValue>;
}

/** A whitelisted name; never looked up anywhere. */
export interface PickleGlobal {
  readonly kind: "global";
  readonly name: "reconstruct" | "ndarray" | "dtype" | "encode";
}

export interface PickleDtype {
  readonly kind: "dtype";
  /** numpy's code, such as u1. */
  readonly code: string;
}

/** An array of unsigned bytes; its content arrives after its creation. */
export interface PickleArray {
  readonly kind: "array";
  content: { readonly shape: readonly number[]; readonly bytes: Uint8Array } | null;
}

/** What a value is, for messages. */
export function describeValue(value: PickleValue | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "None";
  return typeof value === "object" ? `a ${value.kind}` : `the ${typeof value} ${value}`;
}

/** Names are shorter; a longer string is data. */
const LONGEST_TEXT_BYTES = 1000;

/** The text of a short text or byte string (UTF-8); null for anything else or where it is not valid. */
export function asText(value: PickleValue | undefined): string | null {
  if (typeof value !== "object" || value === null) return null;
  if (value.kind !== "bytes" && value.kind !== "text") return null;
  const utf8 = value.kind === "bytes" ? value.bytes : value.utf8;
  if (utf8.length > LONGEST_TEXT_BYTES) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(utf8);
  } catch {
    return null;
  }
}
