import { build, pushGlobal, reduce } from "./numpy";
import { PickleMachine } from "./pickle-machine";
import { unescapeBytes, unescapeUnicode } from "./pickle-strings";
import { asText, describeValue, type PickleValue } from "./pickle-values";

/**
 * Reads a pickle of protocols 0 to 4 made of plain containers, numbers, strings and numpy arrays of bytes, as Python's `pickletools`
 * documents the format. Executes nothing: a name outside a list of five is an ArchiveError that says which name, file and byte.
 */
export function parsePickle(bytes: Uint8Array, file: string): PickleValue {
  const machine = new PickleMachine(bytes, file);
  for (;;) {
    const opcode = machine.opcode();
    if (opcode === STOP) return machine.pop();
    const operation = OPERATIONS.get(opcode);
    if (operation === undefined) throw machine.error(`opcode 0x${opcode.toString(16).padStart(2, "0")} is not read here`);
    operation(machine);
  }
}

type Operation = (machine: PickleMachine) => void;

const STOP = code(".");
const NEWEST_PROTOCOL = 4;

const OPERATIONS: ReadonlyMap<number, Operation> = new Map<number, Operation>([
  [0x80, checkProtocol],
  [0x95, (m) => void m.uint64()], // frame length: a hint only

  [code("("), (m) => m.mark()],
  [code("0"), (m) => void m.pop()],
  [code("1"), (m) => void m.popToMark()],

  [code("N"), (m) => m.push(null)],
  [0x88, (m) => m.push(true)],
  [0x89, (m) => m.push(false)],
  [code("I"), pushDecimal],
  [code("L"), pushDecimal],
  [code("J"), (m) => m.push(m.int32())],
  [code("K"), (m) => m.push(m.uint8())],
  [code("M"), (m) => m.push(m.uint16())],
  [0x8a, (m) => pushLong(m, m.uint8())],

  [code("S"), (m) => pushBytes(m, unescapeBytes(m.line()))],
  [code("T"), (m) => pushBytes(m, m.take(m.uint32()))],
  [code("U"), (m) => pushBytes(m, m.take(m.uint8()))],
  [code("B"), (m) => pushBytes(m, m.take(m.uint32()))],
  [code("C"), (m) => pushBytes(m, m.take(m.uint8()))],
  [0x8e, (m) => pushBytes(m, m.take(m.uint64()))],
  [code("V"), (m) => pushText(m, unescapeUnicode(m.line()))],
  [code("X"), (m) => pushText(m, m.take(m.uint32()))],
  [0x8c, (m) => pushText(m, m.take(m.uint8()))],

  [code(")"), (m) => m.push({ kind: "tuple", items: [] })],
  [code("t"), (m) => m.push({ kind: "tuple", items: m.popToMark() })],
  [0x85, (m) => pushTuple(m, 1)],
  [0x86, (m) => pushTuple(m, 2)],
  [0x87, (m) => pushTuple(m, 3)],
  [code("]"), (m) => m.push({ kind: "list", offset: m.opcodeAt, items: [] })],
  [code("l"), (m) => m.push({ kind: "list", offset: m.opcodeAt, items: m.popToMark() })],
  [code("a"), (m) => append(m, [m.pop()])],
  [code("e"), (m) => append(m, m.popToMark())],
  [code("}"), (m) => m.push({ kind: "dict", entries: new Map() })],
  [code("d"), pushDict],
  [code("s"), setItem],
  [code("u"), (m) => setItems(m, m.popToMark())],

  [code("p"), (m) => m.remember(decimal(m))],
  [code("q"), (m) => m.remember(m.uint8())],
  [code("r"), (m) => m.remember(m.uint32())],
  [0x94, (m) => m.rememberNext()],
  [code("g"), (m) => m.recall(decimal(m))],
  [code("h"), (m) => m.recall(m.uint8())],
  [code("j"), (m) => m.recall(m.uint32())],

  [code("c"), (m) => pushGlobal(m, ascii(m.line()), ascii(m.line()))],
  [0x93, pushStackGlobal],
  [code("R"), reduce],
  [code("b"), build],
]);

function code(letter: string): number {
  return letter.charCodeAt(0);
}

function checkProtocol(machine: PickleMachine): void {
  const protocol = machine.uint8();
  if (protocol > NEWEST_PROTOCOL) throw machine.error(`pickle protocol ${protocol}; up to ${NEWEST_PROTOCOL} are read`);
}

/** Names and numbers: at most 200 bytes, one character each. */
function ascii(line: Uint8Array): string {
  return String.fromCharCode(...line.subarray(0, 200));
}

function decimal(machine: PickleMachine): number {
  const text = ascii(machine.line());
  if (!/^-?\d{1,15}L?$/.test(text)) throw machine.error(`"${text}" is no whole number of at most 15 digits`);
  return Number.parseInt(text, 10);
}

/** Protocol 0 writes False and True as 00 and 01. */
function pushDecimal(machine: PickleMachine): void {
  machine.push(decimal(machine));
}

/** Little-endian two's complement of `count` bytes. */
function pushLong(machine: PickleMachine, count: number): void {
  if (count > 6) throw machine.error(`a whole number of ${count} bytes`);
  const bytes = machine.take(count);
  const magnitude = bytes.reduceRight((value, byte) => value * 256 + byte, 0);
  machine.push((bytes.at(-1) ?? 0) < 0x80 ? magnitude : magnitude - 256 ** count);
}

function pushBytes(machine: PickleMachine, bytes: Uint8Array | null): void {
  if (bytes === null) throw machine.error("a byte string that is not quoted as Python does");
  machine.push({ kind: "bytes", bytes });
}

function pushText(machine: PickleMachine, utf8: Uint8Array | null): void {
  if (utf8 === null) throw machine.error("text with an escape that is none");
  machine.push({ kind: "text", utf8 });
}

function pushTuple(machine: PickleMachine, count: number): void {
  const items: PickleValue[] = [];
  for (let i = 0; i < count; i++) items.unshift(machine.pop());
  machine.push({ kind: "tuple", items });
}

function append(machine: PickleMachine, items: readonly PickleValue[]): void {
  const list = machine.top();
  if (typeof list !== "object" || list?.kind !== "list") throw machine.error(`items are appended to ${describeValue(list)}`);
  for (const item of items) list.items.push(item);
}

function pushDict(machine: PickleMachine): void {
  const items = machine.popToMark();
  machine.push({ kind: "dict", entries: new Map() });
  setItems(machine, items);
}

function setItem(machine: PickleMachine): void {
  const value = machine.pop();
  setItems(machine, [machine.pop(), value]);
}

/** `items` alternates keys and values; keys are short strings. */
function setItems(machine: PickleMachine, items: readonly PickleValue[]): void {
  const dict = machine.top();
  if (typeof dict !== "object" || dict?.kind !== "dict") throw machine.error(`entries are set in ${describeValue(dict)}`);
  if (items.length % 2 !== 0) throw machine.error("a key without a value");
  for (let i = 0; i < items.length; i += 2) {
    const key = asText(items[i]);
    if (key === null || key.length > 100)
      throw machine.error(`a dictionary key is ${describeValue(items[i])}, not a short string`);
    dict.entries.set(key, items[i + 1] as PickleValue);
  }
}

function pushStackGlobal(machine: PickleMachine): void {
  const name = asText(machine.pop());
  pushGlobal(machine, asText(machine.pop()), name);
}
