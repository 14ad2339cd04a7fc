import { concatBytes } from "../../src/base/bytes";
import type { Draws } from "./draws";

type Mutation = (bytes: Uint8Array, draws: Draws) => Uint8Array;

/** Sizes that overflow what counts in fewer bits, and small ones. */
const LENGTHS = [0, 1, 0x7f, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];
const BYTES = [0, 1, 10, 0x20, 0x22, 0x2f, 0x5c, 0x7f, 0x80, 0xff];

const flipBit: Mutation = (bytes, draws) => changed(bytes, draws, 1, (part) => part.map((byte) => byte ^ (1 << draws.below(8))));
const setByte: Mutation = (bytes, draws) =>
  changed(bytes, draws, 1, (part) => part.fill(draws.chance(0.5) ? draws.pick(BYTES) : draws.below(256)));
const setLength: Mutation = (bytes, draws) =>
  changed(bytes, draws, draws.pick([4, 8]), (part) => {
    const number = draws.pick(LENGTHS);
    return part.map((_, index) => (index < 4 ? number >>> (8 * index) : 0) & 0xff);
  });
const changeDigit: Mutation = (bytes, draws) => {
  const start = draws.below(bytes.length + 1);
  const at = bytes.findIndex((byte, index) => index >= start && byte >= 0x30 && byte <= 0x39);
  return at < 0 ? bytes : bytes.with(at, 0x30 + draws.below(10));
};
const cut: Mutation = (bytes, draws) => bytes.subarray(0, draws.below(bytes.length + 1));
const remove: Mutation = (bytes, draws) => {
  const [from, to] = range(bytes, draws);
  return concatBytes([bytes.subarray(0, from), bytes.subarray(to)]);
};
const repeat: Mutation = (bytes, draws) => {
  const [from, to] = range(bytes, draws);
  const copies = new Array<Uint8Array>(1 + draws.below(8)).fill(bytes.subarray(from, to));
  return concatBytes([bytes.subarray(0, to), ...copies, bytes.subarray(to)]);
};
const insert: Mutation = (bytes, draws) => {
  const at = draws.below(bytes.length + 1);
  return concatBytes([bytes.subarray(0, at), draws.bytes(1 + draws.below(16)), bytes.subarray(at)]);
};
const copyOver: Mutation = (bytes, draws) => {
  const [from, to] = range(bytes, draws);
  const out = bytes.slice();
  out.copyWithin(draws.below(bytes.length + 1), from, to);
  return out;
};

const MUTATIONS = [flipBit, setByte, setByte, setLength, changeDigit, changeDigit, cut, remove, repeat, insert, copyOver];

/** One to four seeded changes. */
export function mutateBytes(bytes: Uint8Array, draws: Draws): Uint8Array {
  let mutant = bytes;
  for (let rounds = 1 + draws.below(4); rounds > 0; rounds--) mutant = draws.pick(MUTATIONS)(mutant, draws);
  return mutant;
}

/** A short range more often than a long one. */
function range(bytes: Uint8Array, draws: Draws): readonly [from: number, to: number] {
  const from = draws.below(bytes.length + 1);
  const longest = draws.chance(0.7) ? 40 : bytes.length;
  return [from, Math.min(bytes.length, from + 1 + draws.below(longest))];
}

function changed(bytes: Uint8Array, draws: Draws, count: number, change: (part: Uint8Array) => Uint8Array): Uint8Array {
  const out = bytes.slice();
  const at = draws.below(bytes.length + 1);
  const part = out.subarray(at, at + count);
  part.set(change(part.slice()));
  return out;
}
