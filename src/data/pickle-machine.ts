import { ArchiveError } from "../base/errors";
import { describeValue, type PickleTuple, type PickleValue } from "./pickle-values";

/**
 * Opcodes that a pickle may have: each can make an object of some hundred bytes. An image of 3,072 bytes comes with its name and two
 * labels, which are at most 14 opcodes; the names of 512 labels are below 8,000.
 */
const LEAST_OPCODES = 20_000;
const BYTES_PER_OPCODE = 128;

/** Stack, marks, memo and position of a pickle being read; every access is checked. */
export class PickleMachine {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #file: string;
  readonly #memo = new Map<number, PickleValue>();
  readonly #marks: number[] = [];
  #stack: PickleValue[] = [];
  #position = 0;
  #opcodesLeft: number;
  #encodableBytes: number;
  /** Where the opcode being executed stands. */
  #opcodeAt = 0;

  constructor(bytes: Uint8Array, file: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#file = file;
    this.#opcodesLeft = LEAST_OPCODES + bytes.length / BYTES_PER_OPCODE;
    this.#encodableBytes = 2 * bytes.length;
  }

  get opcodeAt(): number {
    return this.#opcodeAt;
  }

  error(what: string): ArchiveError {
    return new ArchiveError(
      `${this.#file}: byte ${this.#opcodeAt}: ${what}`,
      "Only the pickles of cifar-100-python.tar.gz and their like are read, and nothing in them is executed: use the original archive.",
    );
  }

  opcode(): number {
    this.#opcodeAt = this.#position;
    if (--this.#opcodesLeft < 0) throw this.error("more opcodes than a data set of this size has");
    return this.uint8();
  }

  /** A view of the next `count` bytes. */
  take(count: number): Uint8Array {
    const left = this.#bytes.length - this.#position;
    if (count > left) throw this.error(`${count} bytes are announced, ${left} are left`);
    const part = this.#bytes.subarray(this.#position, this.#position + count);
    this.#position += count;
    return part;
  }

  uint8(): number {
    return this.take(1)[0]!;
  }

  uint16(): number {
    return this.#view.getUint16(this.#number(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#number(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#number(4), true);
  }

  /** A length of eight bytes; one above 2^53 is longer than any file anyway. */
  uint64(): number {
    const low = this.uint32();
    return low + this.uint32() * 0x100000000;
  }

  /** The bytes up to the next line feed, which is taken too. */
  line(): Uint8Array {
    const end = this.#bytes.indexOf(10, this.#position);
    if (end < 0) throw this.error("a line without an end");
    return this.take(end + 1 - this.#position).subarray(0, -1);
  }

  /** Counts UTF-8 that is encoded: Python encodes each text once, and one byte of a pickle is at most two of UTF-8. */
  countEncoded(bytes: number): void {
    this.#encodableBytes -= bytes;
    if (this.#encodableBytes < 0) throw this.error("the same text is encoded again and again");
  }

  push(value: PickleValue): void {
    this.#stack.push(value);
  }

  pop(): PickleValue {
    const value = this.#stack.length > this.#floor() ? this.#stack.pop() : undefined;
    if (value === undefined) throw this.error("a value is taken from an empty stack");
    return value;
  }

  top(): PickleValue {
    const value = this.pop();
    this.push(value);
    return value;
  }

  mark(): void {
    this.#marks.push(this.#stack.length);
  }

  /** All values above the last mark, which goes too. */
  popToMark(): PickleValue[] {
    const start = this.#marks.pop();
    if (start === undefined) throw this.error("values are collected, but no mark was set");
    return this.#stack.splice(start);
  }

  popTuple(): PickleTuple {
    const value = this.pop();
    if (typeof value === "object" && value?.kind === "tuple") return value;
    throw this.error(`a tuple is expected, not ${describeValue(value)}`);
  }

  remember(key: number): void {
    this.#memo.set(key, this.top());
  }

  rememberNext(): void {
    this.remember(this.#memo.size);
  }

  recall(key: number): void {
    const value = this.#memo.get(key);
    if (value === undefined) throw this.error(`memo entry ${key} was never stored`);
    this.push(value);
  }

  #floor(): number {
    return this.#marks.at(-1) ?? 0;
  }

  #number(bytes: number): number {
    const at = this.#position;
    this.take(bytes);
    return at;
  }
}
