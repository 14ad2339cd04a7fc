import { describe, expect, test } from "vitest";
import { pythonFiles } from "../../tests/support/python-archive";
import { concatBytes } from "../base/bytes";
import { parsePickle } from "./pickle";
import { latin1Bytes } from "./pickle-strings";
import { parsePythonNames, parsePythonRecords } from "./python-records";
import { sampleDataset } from "./sample";
import { archiveErrorOf } from "./testing";

/** Text as one byte each, numbers as bytes. */
function pickle(...parts: (string | number | Uint8Array)[]): Uint8Array {
  return concatBytes(
    parts.map((part) => {
      if (typeof part === "string") return Uint8Array.from(part, (letter) => letter.charCodeAt(0));
      return typeof part === "number" ? Uint8Array.of(part) : part;
    }),
  );
}

const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, i) => i);
const length32 = (count: number): Uint8Array =>
  Uint8Array.of(count & 0xff, (count >>> 8) & 0xff, (count >>> 16) & 0xff, count >>> 24);
const refused = async (bytes: Uint8Array): Promise<string> => (await archiveErrorOf(() => parsePickle(bytes, "p"))).message;

describe("byte strings", () => {
  test("every byte value survives in every form of byte string", () => {
    const quoted = `'${Array.from(ALL_BYTES, (byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("")}'`;
    const forms = [
      pickle("T", length32(256), ALL_BYTES, "."),
      pickle("B", length32(256), ALL_BYTES, "."),
      pickle(0x8e, length32(256), length32(0), ALL_BYTES, "."),
      pickle("S", quoted, "\n."),
    ];
    for (const form of forms) expect(parsePickle(form, "p")).toEqual({ kind: "bytes", bytes: ALL_BYTES });
    for (const code of ["U", "C"]) {
      expect(parsePickle(pickle(code, 255, ALL_BYTES.subarray(1), "."), "p")).toEqual({
        kind: "bytes",
        bytes: ALL_BYTES.subarray(1),
      });
    }
  });

  test("bytes that Python 3 wrote as latin1 text come back unchanged, at protocols 0 and 2", () => {
    const utf8 = new TextEncoder().encode(String.fromCharCode(...ALL_BYTES));
    const protocol2 = pickle(0x80, 2, "c_codecs\nencode\nX", length32(utf8.length), utf8, "X", length32(6), "latin1", 0x86, "R.");
    expect(parsePickle(protocol2, "p")).toEqual({ kind: "bytes", bytes: ALL_BYTES });
    const raw = Array.from(ALL_BYTES, (byte) =>
      [0, 10, 13, 26, 92].includes(byte) ? `\\u00${byte.toString(16).padStart(2, "0")}` : byte,
    );
    const protocol0 = pickle("c_codecs\nencode\n(V", ...raw, "\nVlatin1\ntR.");
    expect(parsePickle(protocol0, "p")).toEqual({ kind: "bytes", bytes: ALL_BYTES });
  });

  test("text outside latin1 is not turned into bytes", () => {
    expect(latin1Bytes(new TextEncoder().encode("aéÿ"))).toEqual(Uint8Array.of(0x61, 0xe9, 0xff));
    expect(latin1Bytes(new TextEncoder().encode("Ā"))).toBeNull();
    expect(latin1Bytes(Uint8Array.of(0xc3))).toBeNull();
    expect(latin1Bytes(Uint8Array.of(0xc3, 0x41))).toBeNull();
  });

  test("escapes of quoted strings are those of Python's repr", async () => {
    expect(parsePickle(pickle(`S"a\\n\\t\\r\\\\\\'\\"b"`, "\n."), "p")).toEqual({
      kind: "bytes",
      bytes: pickle("a\n\t\r\\'\"b"),
    });
    for (const bad of ["S'a\n.", "Sa\n.", "S'\\q'\n.", "S'\\x4'\n.", "S'\\'\n.", "S\n."]) await refused(pickle(bad));
  });
});

describe("numbers and containers", () => {
  test("numbers of every width and sign", () => {
    const list = pickle(
      "](K",
      255,
      "M",
      0x34,
      0x12,
      "J",
      length32(-2),
      "I-17\nL99L\nI01\n",
      0x8a,
      2,
      0,
      0xff,
      0x8a,
      0,
      0x88,
      0x89,
      "Ne.",
    );
    expect(parsePickle(list, "p")).toEqual({
      kind: "list",
      offset: 0,
      items: [255, 0x1234, -2, -17, 99, 1, -256, 0, true, false, null],
    });
  });

  test("the memo gives the same value back", () => {
    const value = parsePickle(pickle("]q", 7, "K", 3, "ah", 7, "h", 7, 0x86, "."), "p");
    const list = { kind: "list", offset: 0, items: [3] };
    expect(value).toEqual({ kind: "tuple", items: [list, list] });
  });

  test("protocol 0 dictionaries read as those of protocol 2", () => {
    const expected = {
      kind: "dict",
      entries: new Map([
        ["a", 1],
        ["b", 2],
      ]),
    };
    expect(parsePickle(pickle("(dp0\nS'a'\nI1\nsS'b'\nI2\ns."), "p")).toEqual(expected);
    expect(parsePickle(pickle(0x80, 2, "}(U", 1, "aK", 1, "U", 1, "bK", 2, "u."), "p")).toEqual(expected);
  });
});

describe("what is refused", () => {
  test("any name but the five known ones, and the error says which and where", async () => {
    expect(await refused(pickle("cos\nsystem\n(S'echo gotcha'\ntR."))).toBe(
      "p: byte 0: the pickle asks for os.system, which is not part of such a data set",
    );
    expect(await refused(pickle(0x80, 4, 0x8c, 8, "builtins", 0x8c, 4, "eval", 0x93, "."))).toContain(
      "byte 18: the pickle asks for builtins.eval",
    );
    for (const name of [
      "numpy\nload",
      "numpy.core.multiarray\nscalar",
      "_codecs\ndecode",
      "\n",
      "numpy ndarray\n",
      "__builtin__\ngetattr",
    ]) {
      expect(await refused(pickle(`c${name}\n.`))).toContain("asks for");
    }
  });

  test("every opcode that could run, load or build something else", async () => {
    for (const opcode of ["o", "i", "P", "Q", 0x81, 0x82, 0x92, 0x8f, 0x96, 0x97, "G", "F", 0xff]) {
      expect(await refused(pickle("N", opcode, "N."))).toContain("byte 1: opcode 0x");
    }
    expect(await refused(pickle(0x80, 5, "N."))).toContain("protocol 5");
  });

  test("calls and states of values that are no names or arrays", async () => {
    expect(await refused(pickle("K", 1, ")R."))).toContain("the number 1 is called");
    expect(await refused(pickle("cnumpy\nndarray\n)R."))).toContain("ndarray is called");
    expect(await refused(pickle("])b."))).toContain("state is given to a list");
    expect(await refused(pickle("cnumpy\nndarray\nNR."))).toContain("a tuple is expected, not None");
    expect(await refused(pickle("c_codecs\nencode\n(X", length32(1), "aX", length32(5), "utf-8tR."))).toContain("latin1");
  });

  test("announced lengths beyond the file, without taking memory for them", async () => {
    for (const parts of [
      ["T", length32(-1)],
      ["B", length32(0x7fffffff)],
      ["X", length32(1000)],
      ["U", 9],
      [0x8e, length32(0), length32(255)],
    ]) {
      expect(await refused(pickle(...parts, "abc"))).toMatch(/byte 0: \d+ bytes are announced, 3 are left/);
    }
    expect(await refused(pickle(0x8a, 200, "abc"))).toContain("200 bytes");
  });

  test("an empty stack, a missing mark, an unknown memo entry and an odd dictionary", async () => {
    for (const bytes of [
      ".",
      "0.",
      "a.",
      "t.",
      "e.",
      "(.",
      "]N(a.",
      "h\x05.",
      "j\0\0\0\x10.",
      "g7\n.",
      "}(K\x01u.",
      "}NNs.",
      "N(K\x01u.",
      "b.",
      "R.",
      "\x87.",
      "I1e5\n.",
      "I\n.",
      "",
    ]) {
      expect(await refused(pickle(bytes)), JSON.stringify(bytes)).toMatch(/^p: byte \d+: /);
    }
  });

  test("twenty thousand nested containers end in a value or an error, never in an overflow", async () => {
    const deep = new Uint8Array(20_001).fill(0x85, 1);
    deep[0] = 0x29; // empty tuple, then a tuple around it again and again
    expect(await refused(deep)).toContain("announced");
    deep[20_000] = 0x2e;
    const message = (await archiveErrorOf(() => parsePythonNames(deep, "meta"))).message;
    expect(message).toBe("meta: the pickle holds a tuple, not a dictionary");
    expect(await refused(new Uint8Array(20_000).fill(0x28))).toContain("announced");
    expect(await refused(new Uint8Array(200_000).fill(0x28))).toContain("more opcodes");
  });

  test("a records pickle cut off anywhere", async () => {
    const { dataset } = sampleDataset({ classes: 3, superclasses: 1, train: 3, test: 1, seed: 4 });
    const { bytes } = pythonFiles(dataset)[1]!;
    for (let cut = 0; cut < bytes.length; cut += 7) await refused(bytes.subarray(0, cut));
  });

  test("arrays of another type, order or size, and label lists that do not fit", async () => {
    const { dataset } = sampleDataset({ classes: 3, superclasses: 1, train: 3, test: 2, seed: 4 });
    const { bytes } = pythonFiles(dataset)[1]!;
    const change = async (from: (string | number)[], to: (string | number)[]): Promise<string> => {
      const [old, replacement] = [pickle(...from), pickle(...to)];
      const at = bytes.findIndex((_, i) => old.every((byte, k) => bytes[i + k] === byte));
      const changed = concatBytes([bytes.subarray(0, at), replacement, bytes.subarray(at + old.length)]);
      expect(at).toBeGreaterThan(0);
      return (await archiveErrorOf(() => parsePythonRecords(changed, "test"))).message;
    };
    expect(await change(["u1"], ["i1"])).toContain("unsigned bytes (u1)");
    expect(await change([0x89, "T"], [0x88, "T"])).toContain("Fortran");
    expect(await change(["K", 1, "K", 2, "M", 0, 12], ["K", 1, "K", 3, "M", 0, 12])).toContain(
      "(3, 3072) needs 9216 bytes, its data has 6144",
    );
    expect(await change(["K", 1, "K", 2, "M", 0, 12], ["K", 1, "K", 4, "M", 0, 6])).toContain("shape (4, 1536)");
    expect(await change(["U", 4, "data"], ["U", 4, "atad"])).toContain("data is nothing");
    expect(await change(["U", 11, "fine_labels"], ["U", 11, "fine_babels"])).toContain("fine_labels is nothing");
    const labels = [...dataset.test.fine];
    expect(await change(["(K", labels[0]!, "K", labels[1]!, "e"], ["(K", labels[0]!, "e"])).toContain(
      "has 1 labels for 2 images",
    );
    expect(await change(["(K", labels[0]!, "K", labels[1]!, "e"], ["(K", labels[0]!, "Ne"])).toContain("fine_labels[1]");
  });
});
