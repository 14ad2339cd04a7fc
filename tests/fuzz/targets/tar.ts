import { concatBytes } from "../../../src/base/bytes";
import { ByteReader } from "../../../src/data/byte-reader";
import { readChunks } from "../../../src/data/source";
import { readTar } from "../../../src/data/tar";
import { writeTar } from "../../../src/data/tar-writer";
import { memoryFile } from "../../../src/data/testing";
import { mutateBytes } from "../mutate-bytes";
import { hold, type Target } from "../target";

const BLOCK = 512;
const LIMIT_BYTES = 8 * 2 ** 30;

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

/** One member of any type without the end marker: "x" pax, "L" GNU long name, "2" a link. */
export function tarMember(type: string, path: string, bytes: Uint8Array): Uint8Array {
  const tar = writeTar([{ path, bytes }]).subarray(0, BLOCK * (1 + Math.ceil(bytes.length / BLOCK)));
  tar[156] = type.charCodeAt(0);
  return resealed(tar);
}

/** The same blocks, with right checksums in all that have the ustar magic: without them nothing behind the checksum is reached. */
export function resealed(tar: Uint8Array): Uint8Array {
  const out = tar.slice();
  for (let at = 0; at + BLOCK <= out.length; at += BLOCK) {
    const header = out.subarray(at, at + BLOCK);
    if (String.fromCharCode(...header.subarray(257, 262)) !== "ustar") continue;
    header.fill(0x20, 148, 156);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.set(ascii(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
  }
  return out;
}

/** The first header with `change` made to it. */
function withHeader(tar: Uint8Array, change: (header: Uint8Array) => void): Uint8Array {
  const out = tar.slice();
  change(out.subarray(0, BLOCK));
  return resealed(out);
}

const data = Uint8Array.from({ length: 700 }, (_, index) => index);
const plain = writeTar([
  { path: "folder/train.bin", bytes: data },
  { path: "../../etc/test.bin", bytes: data.subarray(0, 512) },
  { path: "empty", bytes: data.subarray(0, 0) },
]);
const extended = concatBytes([
  tarMember("x", "pax", ascii("24 path=folder/long/name\n12 size=700\n30 mtime=1700000000.00000000\n")),
  tarMember("0", "short", data),
  tarMember("L", "././@LongLink", ascii(`${"folder/".repeat(30)}train.bin\0`)),
  tarMember("0", "cut", data),
  tarMember("g", "global", ascii("19 comment=nothing\n")),
  tarMember("5", "folder/", data.subarray(0, 0)),
  tarMember("2", "link", data.subarray(0, 0)),
  new Uint8Array(2 * BLOCK),
]);
const SEEDS = [plain, extended];

async function walk(bytes: Uint8Array): Promise<void> {
  const reader = new ByteReader(
    readChunks(memoryFile("a.tar", bytes, 1 << 16), () => undefined),
    "a.tar",
  );
  let claimed = 0;
  await readTar(reader, "a.tar", LIMIT_BYTES, async ({ name, size }) => {
    hold(!name.includes("/"), "that a name has no folders");
    claimed += size;
  });
  hold(claimed <= bytes.length, "that members are no larger than their archive");
}

const walks = (bytes: Uint8Array) => () => walk(bytes);
const binarySize = (...size: number[]) => walks(withHeader(plain, (header) => header.set(size, 124)));

export const tarTarget: Target = {
  name: "tar",
  mutant: (draws) => {
    const mutant = mutateBytes(draws.pick(SEEDS), draws);
    return walks(draws.chance(0.8) ? resealed(mutant) : mutant);
  },
  bombs: {
    "a member of 8 GiB": () => walks(withHeader(plain, (header) => header.set(ascii("77777777777"), 124))),
    "a size of 2^53": () => binarySize(0x80, 0, 0, 0, 0, 0x20, 0, 0, 0, 0, 0, 0),
    "a size of 2^95": () => binarySize(...new Array(12).fill(0xff)),
    "a pax size of 15 digits": () =>
      walks(concatBytes([tarMember("x", "pax", ascii("24 size=999999999999999\n")), tarMember("0", "a", data)])),
    "a pax header of 1 MiB whose records begin within each other": () => walks(tarMember("x", "pax", digits(2 ** 20))),
    "a pax header of text without a length": () => walks(tarMember("x", "pax", ascii("nothing"))),
    "a pax header of 1 MiB of records of two bytes": () => walks(tarMember("x", "pax", ascii("3 \n".repeat(2 ** 18)))),
    "an extended header larger than 1 MiB": () => walks(tarMember("L", "long", new Uint8Array(2 ** 20 + 1))),
    "a name of 1 MiB": () => walks(concatBytes([tarMember("L", "long", new Uint8Array(2 ** 20).fill(97)), plain])),
    "30,000 empty members": () => walks(concatBytes(new Array(30_000).fill(tarMember("0", "a", data.subarray(0, 0))))),
    "a thousand pax headers in a row": () => walks(concatBytes(new Array(1000).fill(tarMember("x", "p", ascii("9 path=a\n"))))),
  },
};

/** Zeros, then "1 ": a whole number from every byte on. */
function digits(count: number): Uint8Array {
  const bytes = new Uint8Array(count).fill(0x30);
  bytes.set(ascii("1 "), count - 2);
  return bytes;
}
