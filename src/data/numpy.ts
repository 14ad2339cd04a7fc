import type { PickleMachine } from "./pickle-machine";
import { latin1Bytes } from "./pickle-strings";
import { asText, describeValue, type PickleArray, type PickleGlobal, type PickleValue } from "./pickle-values";

/** The only names a pickle may mention: numpy's array pickles, old and new, and how Python 3 writes bytes below protocol 3. */
const GLOBALS: ReadonlyMap<string, PickleGlobal["name"]> = new Map([
  ["numpy.core.multiarray _reconstruct", "reconstruct"],
  ["numpy._core.multiarray _reconstruct", "reconstruct"],
  ["numpy ndarray", "ndarray"],
  ["numpy dtype", "dtype"],
  ["_codecs encode", "encode"],
]);

export function pushGlobal(machine: PickleMachine, module: string | null, name: string | null): void {
  const known = GLOBALS.get(`${module} ${name}`);
  if (known === undefined) throw machine.error(`the pickle asks for ${module}.${name}, which is not part of such a data set`);
  machine.push({ kind: "global", name: known });
}

/** "Calls" a whitelisted name: a new value of ours, whatever the name does in Python. */
export function reduce(machine: PickleMachine): void {
  const { items } = machine.popTuple();
  const callee = machine.pop();
  if (typeof callee !== "object" || callee?.kind !== "global") throw machine.error(`${describeValue(callee)} is called`);
  switch (callee.name) {
    case "reconstruct":
      machine.push({ kind: "array", content: null });
      break;
    case "dtype":
      machine.push({ kind: "dtype", code: asText(items[0]) ?? "" });
      break;
    case "encode":
      machine.push({ kind: "bytes", bytes: encodeLatin1(machine, items) });
      break;
    case "ndarray":
      throw machine.error("numpy.ndarray is called, which array pickles never do");
    default:
      callee.name satisfies never;
  }
}

/** Gives an array or a dtype its state. */
export function build(machine: PickleMachine): void {
  const { items } = machine.popTuple();
  const target = machine.top();
  if (typeof target !== "object" || (target?.kind !== "array" && target?.kind !== "dtype")) {
    throw machine.error(`state is given to ${describeValue(target)}`);
  }
  if (target.kind === "array") fillArray(machine, target, items);
}

function encodeLatin1(machine: PickleMachine, items: readonly PickleValue[]): Uint8Array {
  const [text, encoding] = items;
  const known = ["latin1", "latin-1", "iso-8859-1"].includes(asText(encoding) ?? "");
  const utf8 = typeof text === "object" && text?.kind === "text" && known ? text.utf8 : null;
  machine.countEncoded(utf8?.length ?? 0);
  const bytes = utf8 === null ? null : latin1Bytes(utf8);
  if (bytes === null) throw machine.error("only text of one-byte characters is encoded, as latin1");
  return bytes;
}

/** State of numpy arrays: (version, shape, dtype, Fortran order, bytes). */
function fillArray(machine: PickleMachine, target: PickleArray, items: readonly PickleValue[]): void {
  const [, shapeValue, dtype, fortran, data] = items;
  const shape = typeof shapeValue === "object" && shapeValue?.kind === "tuple" ? shapeValue.items : [];
  const extents = shape.filter((extent) => typeof extent === "number");
  if (extents.length === 0 || extents.length !== shape.length) throw machine.error("the array has no shape of numbers");
  if (typeof dtype !== "object" || dtype?.kind !== "dtype" || dtype.code !== "u1") {
    throw machine.error("the array is not one of unsigned bytes (u1)");
  }
  if (fortran !== false && fortran !== 0) throw machine.error("the array is in Fortran order");
  if (typeof data !== "object" || data?.kind !== "bytes")
    throw machine.error(`the array's data is ${describeValue(data)}, not bytes`);
  const expected = extents.reduce((product, extent) => product * extent, 1);
  if (data.bytes.length !== expected) {
    throw machine.error(`an array of shape (${extents.join(", ")}) needs ${expected} bytes, its data has ${data.bytes.length}`);
  }
  target.content = { shape: extents, bytes: data.bytes };
}
