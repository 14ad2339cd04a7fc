import { concatBytes } from "../../../src/base/bytes";
import { parsePickle } from "../../../src/data/pickle";
import { parsePythonNames, parsePythonRecords } from "../../../src/data/python-records";
import { sampleDataset } from "../../../src/data/sample";
import { pythonFiles } from "../../support/python-archive";
import type { Draws } from "../draws";
import { mutateBytes } from "../mutate-bytes";
import { type Attempt, hold, type Target } from "../target";

/** Text as one byte each. */
const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const uint32 = (count: number): string => String.fromCharCode(count & 255, (count >> 8) & 255, (count >> 16) & 255, count >>> 24);

const { dataset } = sampleDataset({ classes: 4, superclasses: 2, train: 2, test: 1, seed: 5 });
const SEEDS = [
  ...pythonFiles(dataset).map(({ bytes }) => bytes),
  latin1("(dp0\nS'fine_label_names'\np1\n(lp2\nS'a\\x62'\naS'c'\nasS'coarse_label_names'\n(lp3\nV\\u0064\nas."),
  latin1(
    "\x80\x04\x95\x20\0\0\0\0\0\0\0}\x94(\x8c\x04data\x94C\x03abc\x94\x8c\x01n\x94K\x05M\x01\x02J\xff\xff\xff\xff\x8a\x02\x01\x80u.",
  ),
  latin1("\x80\x02c_codecs\nencode\nq\0X\x03\0\0\0a\xc3\xa9X\x06\0\0\0latin1\x86q\x01Rq\x02."),
  latin1(
    "\x80\x04\x8c\x05numpy\x8c\x05dtype\x93\x8c\x02u1\x89\x88\x87R(K\x03\x8c\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb.",
  ),
];

/** Opcodes with arguments, to be strung together in any order. */
const OPCODES = [
  ..."()]}NeasutdlRb01".split(""),
  "\x85",
  "\x86",
  "\x87",
  "\x88",
  "\x89",
  "\x93",
  "\x94",
  "K\x05",
  "M\x00\x0c",
  "J\xff\xff\xff\xff",
  "I12\n",
  "L-3L\n",
  "\x8a\x01\xff",
  "q\0",
  "h\0",
  "p1\n",
  "g1\n",
  "r\x02\0\0\0",
  "j\x02\0\0\0",
  "U\x04data",
  "U\x0bfine_labels",
  "X\x02\0\0\0u1",
  "V\\u00e9\n",
  "S'a\\n'\n",
  "T\x03\0\0\0abc",
  "cnumpy\nndarray\n",
  "cnumpy\ndtype\n",
  "c_codecs\nencode\n",
  "cnumpy.core.multiarray\n_reconstruct\n",
  "cos\nsystem\n",
  "X\x06\0\0\0latin1",
];

function program(draws: Draws): Uint8Array {
  return latin1(`${Array.from({ length: 1 + draws.below(60) }, () => draws.pick(OPCODES)).join("")}.`);
}

/** The value, then both readers of such files. */
const parse = (bytes: Uint8Array, reader: "records" | "names" | "value"): Attempt => {
  switch (reader) {
    case "value":
      return () => parsePickle(bytes, "p");
    case "names":
      return () => {
        const { classes, superclasses } = parsePythonNames(bytes, "p");
        for (const names of [classes, superclasses]) {
          hold(names.length > 0 && names.length <= 256 && new Set(names).size === names.length, "that names are distinct");
        }
      };
    case "records":
      return () => {
        const { count, images, fine, coarse } = parsePythonRecords(bytes, "p").examples;
        hold(images.length === 3072 * count && fine.length === count && coarse.length === count, "that the images are as many");
      };
    default:
      return reader satisfies never;
  }
};

const value = (...parts: readonly (string | Uint8Array)[]): Attempt =>
  parse(concatBytes(parts.map((part) => (typeof part === "string" ? latin1(part) : part))), "value");

export const pickleTarget: Target = {
  name: "pickle",
  mutant: (draws) => {
    const bytes = draws.chance(0.4) ? program(draws) : mutateBytes(draws.pick(SEEDS), draws);
    return parse(bytes, draws.pick(["records", "names", "value"]));
  },
  bombs: {
    "a byte string of 4 GiB": () => value("T\xff\xff\xff\xffabc."),
    "a byte string of 2^64 bytes": () => value("\x8e\xff\xff\xff\xff\xff\xff\xff\xffabc."),
    "a million dictionaries": () => value("}".repeat(1_000_000), "."),
    "a million lists in lists": () => value("]".repeat(1_000_000), "a".repeat(999_999), "."),
    "a million marks": () => value("(".repeat(1_000_000), "."),
    "a million memo entries": () => value("N", "\x94".repeat(1_000_000), "."),
    "a million empty strings": () => value("(", "U\0".repeat(1_000_000), "t."),
    "a text of 1 MB encoded fifty thousand times": () =>
      value("X", uint32(1_000_000), "a".repeat(1_000_000), "q\0X\x06\0\0\0latin1q\x01c_codecs\nencode\nq\x02", ENCODE_AGAIN, "."),
    "a list that holds itself": () => value("]q\0h\0a."),
    "a line of 1 MB": () => value("c", "x".repeat(1_000_000), "\n", "y".repeat(1_000_000), "\n."),
    "a dictionary key of 1 MB": () => value("}X", uint32(1_000_000), "k".repeat(1_000_000), "Ns."),
    "an array of 2^62 bytes": () =>
      value(
        "cnumpy.core.multiarray\n_reconstruct\n)R(K\x01(J\xff\xff\xff\x7fJ\xff\xff\xff\x7ftcnumpy\ndtype\nU\x02u1\x85R\x89U\0tb.",
      ),
  },
};

/** Python never writes this: the same text, out of the memo, encoded again and again. */
const ENCODE_AGAIN = "h\x02h\0h\x01\x86R0".repeat(50_000);
